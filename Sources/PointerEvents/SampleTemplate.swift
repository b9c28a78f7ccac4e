import ByteCore

/// A message of one sample with its numbers and its id left out, as `{"id":"` `","x":` `,"y":` `}`.
///
/// Messages of a page are alike: the next one differs from the last in its numbers. So whoever keeps what the
/// last one said besides can read the next by comparing, a word at a time and still masked, and all that has
/// to be decoded is numbers. What is not alike goes the general way of `JSONPointerDecoder`, which alone
/// decides what is wrong with it; what is alike comes out the same either way. Since a template is text and
/// what that text says, it holds for every connection.
///
/// ```
///   0 [ PointerSample, 64 bytes ]   what a record of it begins with: kind and fields
///  64 [ SampleTail, 48 bytes ]      used only where the sample has a tail
/// 112 [ 12 parts of 4 bytes ]       [ byteCount u8 | what u8 | bits u8 | 0 u8 ]: so many bytes, and eight
///                                   times as many bits, modulo 64
/// 160 [ texts of the parts ]        each from a word on, zeros behind it, 192 bytes in all
/// 352 [ pageStart u16 | pageCount u16 | isPlain u8 | 0 u8 | 0 u16 ]
/// ```
/// `what` stands behind the part: the word of the record that a number goes to (2 is x), or one of the marks
/// below. `pageStart` is where the page's path begins, if one is said, `pageCount` its length. 360 bytes.
@frozen
@safe public struct SampleTemplate: BitwiseCopyable {
    /// Its memory, its owner's.
    @usableFromInline let base: UnsafeMutableRawPointer

    static var tailOffset: Int { 64 }
    static var partsOffset: Int { 112 }
    static var partCount: Int { 12 }
    @inlinable static var textsOffset: Int { 160 }
    @inlinable static var textBytes: Int { 192 }
    @inlinable static var notesOffset: Int { textsOffset + textBytes }
    /// Bytes of one.
    @inlinable public static var byteCount: Int { notesOffset + 8 }

    /// What stands behind a part: the visitor's id, the number of buttons, or nothing.
    static var idMark: UInt8 { 0x40 }
    static var buttonsMark: UInt8 { 0x41 }
    static var endMark: UInt8 { 0x42 }
    /// Beside the word of a number that may not be below zero.
    static var sizeFlag: UInt8 { 0x80 }

    /// The template that lies at `base`, `byteCount` bytes at an 8-byte boundary, which outlive this; one of
    /// zeros is like no message.
    @inlinable @inline(__always)
    public init(at base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// Notes what kind of a template it is, once its parts are there.
    func note(pageStart: Int, pageCount: Int) {
        let isPlain =
            hasPart(0, "{\"id\":\"", Self.idMark) && hasPart(1, "\",\"x\":", 2)
            && hasPart(2, ",\"y\":", 3) && hasPart(3, "}", Self.endMark)
        let notes = unsafe base + Self.notesOffset
        unsafe notes.storeBytes(of: UInt16(pageStart), as: UInt16.self)
        unsafe notes.storeBytes(of: UInt16(pageCount), toByteOffset: 2, as: UInt16.self)
        unsafe notes.storeBytes(of: isPlain, toByteOffset: 4, as: Bool.self)
    }

    /// Whether a part, up to 8 bytes long as all before it are, is this one.
    private func hasPart(_ index: Int, _ text: StaticString, _ what: UInt8) -> Bool {
        let part = unsafe base + (Self.partsOffset + 4 * index)
        guard unsafe Int(part.load(as: UInt8.self)) == text.utf8CodeUnitCount,
            unsafe part.load(fromByteOffset: 1, as: UInt8.self) == what
        else { return false }
        let here = unsafe UnsafeRawBufferPointer(
            start: base + (Self.textsOffset + 8 * index), count: text.utf8CodeUnitCount)
        return unsafe here.elementsEqual(
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// How a message compares.
    @frozen
    public enum Reading: UInt8, BitwiseCopyable, Sendable {
        /// It is alike, and its record is written.
        case sample
        /// It says something else than the template, or of somebody else.
        case otherText
        /// It is alike as far as it was read, up to a number that is too long or is none.
        case otherNumber
    }

    /// Bytes of its records: a sample, and its tail where it has one.
    @inlinable @inline(__always)
    public var recordBytes: Int {
        unsafe Int(base.load(fromByteOffset: 2, as: UInt16.self))
    }

    /// Whether it says on which page its visitor is.
    @inlinable @inline(__always)
    public var saysPage: Bool {
        unsafe base.load(fromByteOffset: 1, as: UInt8.self) & SampleFields.page.rawValue != 0
    }

    /// That page's path, within the template.
    public var page: UnsafeRawBufferPointer {
        let notes = unsafe base + Self.notesOffset
        return unsafe UnsafeRawBufferPointer(
            start: base + Int(notes.load(as: UInt16.self)),
            count: Int(notes.load(fromByteOffset: 2, as: UInt16.self)))
    }

    /// Whether messages like it are `{"id":"user123","x":812,"y":433}`, but for spaces before numbers.
    @inlinable @inline(__always)
    public var isPlain: Bool { unsafe base.load(fromByteOffset: Self.notesOffset + 4, as: Bool.self) }

    /// Whether another one is the same.
    public func isSame(as other: SampleTemplate) -> Bool {
        unsafe UnsafeRawBufferPointer(start: base, count: Self.byteCount)
            .elementsEqual(UnsafeRawBufferPointer(start: other.base, count: Self.byteCount))
    }

    /// Becomes a copy of another one.
    public func copy(_ other: SampleTemplate) {
        unsafe base.copyMemory(from: other.base, byteCount: Self.byteCount)
    }

    /// What messages like it have in common, for looking it up.
    public var hash: UInt64 {
        let said = unsafe UnsafeRawBufferPointer(
            start: base + Self.partsOffset, count: Self.byteCount - Self.partsOffset)
        return unsafe Hash64.hash(said, seed: 0)
    }

    /// What a record of it begins with.
    @inlinable @inline(__always)
    public var sample: PointerSample { unsafe base.load(as: PointerSample.self) }

    /// Reads a message of `count` bytes, masked with `key`, of the visitor whose id is the `idCount` bytes at
    /// `id`; writes its record, 8-byte aligned and `recordBytes` long, but for slot, time and the page's
    /// number.
    ///
    /// Behind the message `MaskedText.slack` bytes have to be readable, and a word behind `id`. Where the
    /// answer is not `.sample`, what was written is of no use.
    public func read(
        _ message: UnsafeRawPointer, count: Int, key: UInt32, id: UnsafeRawPointer, idCount: Int,
        to record: UnsafeMutableRawPointer
    ) -> Reading {
        unsafe record.storeBytes(of: sample, as: PointerSample.self)
        if recordBytes > Self.tailOffset {
            let tail = unsafe base.load(fromByteOffset: Self.tailOffset, as: SampleTail.self)
            unsafe record.storeBytes(of: tail, toByteOffset: Self.tailOffset, as: SampleTail.self)
        }
        var text = unsafe MaskedText(message, key: key)
        var part = unsafe UnsafeRawPointer(base + Self.partsOffset)
        var expected = unsafe UnsafeRawPointer(base + Self.textsOffset)
        while true {
            let partBytes = unsafe Int(part.load(as: UInt8.self))
            let what = unsafe part.load(fromByteOffset: 1, as: UInt8.self)
            let bits = unsafe UInt64(part.load(fromByteOffset: 2, as: UInt8.self))
            unsafe part += 4
            // So that no more is read than may be: a number takes less than the slack.
            guard unsafe text.distance(from: message) &+ partBytes <= count,
                unsafe Self.pass(&text, expected, partBytes, bits)
            else { return .otherText }
            unsafe expected += (partBytes &+ 7) & ~7
            if what == Self.idMark {
                guard unsafe text.distance(from: message) &+ idCount <= count,
                    unsafe Self.pass(&text, id, idCount, UInt64(truncatingIfNeeded: idCount &* 8))
                else { return .otherText }
                continue
            }
            if what == Self.endMark {
                return unsafe text.distance(from: message) == count ? .sample : .otherText
            }
            guard unsafe take(text.passNumber(), what, record) else { return .otherNumber }
        }
    }

    @inline(__always)
    private static func pass(
        _ text: inout MaskedText, _ expected: UnsafeRawPointer, _ count: Int, _ bits: UInt64
    ) -> Bool {
        if count < 8 {
            return unsafe text.pass(UInt64(littleEndian: expected.loadUnaligned(as: UInt64.self)), bits: bits)
        }
        return unsafe text.pass(expected, count: count, bits: bits)
    }

    /// Writes a number to the record; false where it is none, or none of its kind.
    @inline(__always)
    private func take(_ number: Double, _ what: UInt8, _ record: UnsafeMutableRawPointer) -> Bool {
        guard number == number else { return false }
        if what < Self.idMark {
            unsafe record.storeBytes(of: number, toByteOffset: Int(what) &* 8, as: Double.self)
        } else if what & Self.sizeFlag != 0 {
            guard number >= 0 else { return false }
            let offset = Int(what ^ Self.sizeFlag) &* 8
            unsafe record.storeBytes(of: number, toByteOffset: offset, as: Double.self)
        } else {
            guard let buttons = UInt16(exactly: number) else { return false }
            unsafe record.storeBytes(of: buttons, toByteOffset: 60, as: UInt16.self)
        }
        return true
    }
}
