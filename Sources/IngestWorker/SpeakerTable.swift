import ByteCore
import PointerEvents
import PosixIO
import Tables

/// Who speaks on which connection: one slot a (connection, id) pair, found by both.
///
/// The hash is keyed, so that nobody can choose ids that collide.
struct SpeakerTable: ~Copyable {
    /// No slot.
    static let none = UInt32.max

    /// ```
    ///  0 [ {"id":" | id | ","x": | zeros up to 64 bytes ]   or the id alone, where that is too long
    /// 64 [ connection u32 | next u32 | heardSeconds u32 | idLength u8 | idStart u8 | leadLength u8 |
    ///      leadBits u8 ]                                   bits of the lead, modulo 64; 1 where JSON says
    ///                                                      the id with escapes, and without a lead
    /// ```
    /// What stands around the id is how JSON of this visitor usually begins. `next` is the next slot of the
    /// same connection; `heardSeconds`, of the worker's clock, is kept for those who post.
    struct Speaker: BitwiseCopyable {
        typealias Text = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

        var text: Text = (0, 0, 0, 0, 0, 0, 0, 0)
        var connection: UInt32
        var next: UInt32
        var heardSeconds: UInt32 = 0
        var idLength: UInt8
        var idStart: UInt8 = 0
        var leadLength: UInt8 = 0
        var leadBits: UInt8 = 0

        /// What stands for a number of bits where an id must not be compared as it is.
        static let escapedMark: UInt8 = 1

        private static let before: StaticString = "{\"id\":\""
        private static let behind: StaticString = "\",\"x\":"

        /// One of this id, whose length is 1 to 64.
        init(id: UnsafeRawBufferPointer, connection: UInt32, next: UInt32) {
            self.connection = connection
            self.next = next
            idLength = UInt8(id.count)
            let (before, behind) = (Self.before.utf8CodeUnitCount, Self.behind.utf8CodeUnitCount)
            let lead = before + id.count + behind
            if unsafe id.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
                leadBits = Self.escapedMark
            } else if lead <= MemoryLayout<Text>.size {
                idStart = UInt8(before)
                leadLength = UInt8(lead)
                leadBits = UInt8(lead * 8 & 63)
            }
            unsafe withUnsafeMutableBytes(of: &text) { [hasLead = leadLength > 0] text in
                guard let base = text.baseAddress, let source = id.baseAddress else { return }
                unsafe (base + (hasLead ? before : 0)).copyMemory(from: source, byteCount: id.count)
                guard hasLead else { return }
                unsafe base.copyMemory(from: Self.before.utf8Start, byteCount: before)
                unsafe (base + (before + id.count)).copyMemory(
                    from: Self.behind.utf8Start, byteCount: behind)
            }
        }
    }

    private let seed: UInt64
    private var speakers = Slab<Speaker>()
    private var index = SlotIndex()

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64) { self.seed = seed }

    /// Slots in use.
    var count: Int { index.count }

    /// Bytes allocated.
    var byteCount: Int { speakers.chunkBytes + index.byteCount }

    /// Has the processor fetch a slot that is asked for soon, if it is one.
    @inline(__always)
    func prefetch(_ slot: UInt32) { speakers.prefetch(slot) }

    /// The id of a slot; valid until its removal.
    @inline(__always)
    func id(of slot: UInt32) -> UnsafeRawBufferPointer {
        let speaker = unsafe speakers[slot]
        return unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(speaker) + Int(speaker.pointee.idStart),
            count: Int(speaker.pointee.idLength))
    }

    /// How JSON of a slot's visitor usually begins, up to the value of `x`, and eight times how many bytes
    /// that are, modulo 64; empty where the id is too long, or is said with escapes. Valid until its removal.
    @inline(__always)
    func lead(of slot: UInt32) -> (text: UnsafeRawBufferPointer, bits: UInt64) {
        let speaker = unsafe speakers[slot]
        let text = unsafe UnsafeRawBufferPointer(start: speaker, count: Int(speaker.pointee.leadLength))
        return unsafe (text, UInt64(speaker.pointee.leadBits))
    }

    /// Whether JSON says the id of a slot as it is; else what has its bytes between quotes is no JSON, or
    /// says something else.
    func isLiteral(_ slot: UInt32) -> Bool {
        unsafe speakers[slot].pointee.leadBits != Speaker.escapedMark
    }

    /// The slot that follows on the same connection.
    func next(after slot: UInt32) -> UInt32 { unsafe speakers[slot].pointee.next }

    /// Changes which slot follows.
    func setNext(after slot: UInt32, to next: UInt32) { unsafe speakers[slot].pointee.next = next }

    /// When somebody who posts was heard last.
    func heardSeconds(of slot: UInt32) -> UInt32 { unsafe speakers[slot].pointee.heardSeconds }

    /// Notes that somebody who posts was heard.
    func noteHeard(_ slot: UInt32, atSeconds seconds: UInt32) {
        unsafe speakers[slot].pointee.heardSeconds = seconds
    }

    /// Whether `slot` is of this id; for the common case that a connection speaks for one visitor.
    @inline(__always)
    func isSlot(_ slot: UInt32, of id: UnsafeRawBufferPointer) -> Bool {
        unsafe areEqual(self.id(of: slot), id)
    }

    private func hash(_ connection: UInt32, _ id: UnsafeRawBufferPointer) -> UInt64 {
        unsafe Hash64.hash(id, seed: seed &+ UInt64(connection) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The slot of a pair, or nil.
    func find(connection: UInt32, id: UnsafeRawBufferPointer) -> UInt32? {
        unsafe index.find(hash(connection, id)) { slot in
            unsafe self.connection(of: slot) == connection && isSlot(slot, of: id)
        }
    }

    /// The connection of a slot that somebody outside has named; nil where it is not in use.
    func connectionInUse(of slot: UInt32) -> UInt32? {
        unsafe speakers.at(Int(slot)).map { unsafe $0.element.pointee.connection }
    }

    @inline(__always)
    private func connection(of slot: UInt32) -> UInt32 { unsafe speakers[slot].pointee.connection }

    /// Takes a slot for a pair that has none; `next` is the connection's first slot so far.
    mutating func add(connection: UInt32, id: UnsafeRawBufferPointer, next: UInt32) -> UInt32 {
        precondition((1...Limits.idBytes).contains(id.count))
        let slot = unsafe speakers.insert(Speaker(id: id, connection: connection, next: next)).index
        unsafe index.insert(hash(connection, id), slot: slot)
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        unsafe index.remove(hash(speakers[slot].pointee.connection, id(of: slot)), slot: slot)
        _ = speakers.remove(slot)
    }

    /// Gives back what a crowd took that has gone.
    mutating func releaseFree() {
        speakers.releaseEmptyChunks()
        index.shrink()
    }
}
