import PointerEvents

/// One (connection, id) pair, with what JSON says of the id.
///
/// ```
///  0 [ {"id":" | id | ","x": | zeros up to 40 bytes ]   the lead; the id alone where that is too long or
///                                                       has escapes. Its address where it is longer
/// 40 [ connection u32 | next u32 | heardSeconds u32 | idLength u8 | idStart u8 | leadLength u8 |
///      leadBits u8 ]                                    bits of the lead, modulo 64; 1 where JSON says
///                                                       the id with escapes, and without a lead
/// ```
/// What stands around the id is how JSON of this visitor usually begins. `next` is the next slot of the same
/// connection; `heardSeconds`, of the worker's clock, is kept for those who post. Nearly all ids are of 27
/// bytes at most, and then all that a message is held against lies here.
@safe struct Speaker: ~Copyable {
    private typealias Text = (UInt64, UInt64, UInt64, UInt64, UInt64)

    private var text: Text = (0, 0, 0, 0, 0)
    let connection: UInt32
    var next: UInt32
    var heardSeconds: UInt32 = 0
    let idLength: UInt8
    let idStart: UInt8
    let leadLength: UInt8
    let leadBits: UInt8

    private static let before: StaticString = "{\"id\":\""
    private static let behind: StaticString = "\",\"x\":"
    /// No lead is longer.
    private static let longestLead = 64
    /// What stands for a number of bits where an id must not be compared as it is.
    static let escapedMark: UInt8 = 1
    /// Bytes behind an id that are readable, whatever they hold.
    private static let slack = 8

    /// One of this id, whose length is 1 to 64.
    init(id: UnsafeRawBufferPointer, connection: UInt32, next: UInt32) {
        self.connection = connection
        self.next = next
        idLength = UInt8(id.count)
        let (before, behind) = (Self.before.utf8CodeUnitCount, Self.behind.utf8CodeUnitCount)
        let lead = before + id.count + behind
        let isEscaped = unsafe id.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        let hasLead = !isEscaped && lead <= Self.longestLead
        idStart = hasLead ? UInt8(before) : 0
        leadLength = hasLead ? UInt8(lead) : 0
        leadBits = isEscaped ? Self.escapedMark : hasLead ? UInt8(lead * 8 & 63) : 0
        if isOutside {
            let outside = UnsafeMutableRawPointer.allocate(
                byteCount: outsideBytes, alignment: MemoryLayout<UInt64>.alignment)
            unsafe write(id, to: outside)
            text.0 = UInt64(UInt(bitPattern: outside))
        } else {
            var whole: Text = (0, 0, 0, 0, 0)
            unsafe withUnsafeMutableBytes(of: &whole) { whole in
                if let base = whole.baseAddress { unsafe write(id, to: base) }
            }
            text = whole
        }
    }

    deinit {
        if isOutside { unsafe UnsafeMutableRawPointer(bitPattern: UInt(text.0))?.deallocate() }
    }

    private var textLength: Int { leadLength > 0 ? Int(leadLength) : Int(idLength) }

    @inline(__always)
    private var isOutside: Bool { max(leadLength, idLength) > UInt8(MemoryLayout<Text>.size) }

    /// Bytes allocated besides its own.
    var outsideBytes: Int { isOutside ? textLength + Self.slack : 0 }

    /// Writes the text of an id.
    private func write(_ id: UnsafeRawBufferPointer, to base: UnsafeMutableRawPointer) {
        guard let source = id.baseAddress else { return }
        unsafe (base + Int(idStart)).copyMemory(from: source, byteCount: id.count)
        guard leadLength > 0 else { return }
        unsafe base.copyMemory(from: Self.before.utf8Start, byteCount: Self.before.utf8CodeUnitCount)
        unsafe (base + Int(idStart) + id.count).copyMemory(
            from: Self.behind.utf8Start, byteCount: Self.behind.utf8CodeUnitCount)
    }

    /// Where the text of one begins that lies at `speaker`.
    @inline(__always)
    static func start(of speaker: UnsafeMutablePointer<Speaker>) -> UnsafeRawPointer {
        guard unsafe speaker.pointee.isOutside,
            let outside = unsafe UnsafeRawPointer(bitPattern: UInt(speaker.pointee.text.0))
        else { return UnsafeRawPointer(speaker) }
        return unsafe outside
    }
}
