import ByteCore

/// Reads the numbers and texts of `pointerscope.v1` from borrowed memory, never past its end.
@safe struct WireV1Reader {
    private let base: UnsafeRawPointer
    private(set) var offset: Int
    private(set) var end: Int

    /// Makes a reader of `bytes`, which must outlive it, from `offset` on.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) throws(WireV1Fault) {
        guard let base = bytes.baseAddress, offset <= bytes.count else { throw .truncated }
        unsafe self.base = base
        self.offset = offset
        end = bytes.count
    }

    /// The next byte, which is not passed; nil at the end.
    @inline(__always) var next: UInt8? {
        offset < end ? unsafe base.load(fromByteOffset: offset, as: UInt8.self) : nil
    }

    @inline(__always)
    mutating func byte() throws(WireV1Fault) -> UInt8 {
        guard let byte = next else { throw .truncated }
        offset &+= 1
        return byte
    }

    /// `uv`: an unsigned LEB128 number of at most `longest` bytes (8 at most), minimal or not.
    @inline(__always)
    mutating func unsigned(longest: Int = 5) throws(WireV1Fault) -> UInt64 {
        let first = try byte()
        return first < 0x80 ? UInt64(first) : try unsigned(after: first, longest: longest)
    }

    @inline(never)
    private mutating func unsigned(after first: UInt8, longest: Int) throws(WireV1Fault) -> UInt64 {
        var value = UInt64(first & 0x7F)
        for index in 1..<longest {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { return value }
        }
        throw .numberTooLong
    }

    /// `sv`: a signed number, zigzag over `uv`: 0, -1, 1, -2 and so on.
    @inline(__always)
    mutating func signed() throws(WireV1Fault) -> Int64 {
        let value = try unsigned()
        return Int64(value >> 1) ^ -Int64(value & 1)
    }

    /// Units of 2 ms since the record before.
    @inline(__always)
    mutating func step() throws(WireV1Fault) -> Int32 {
        let step = try unsigned()
        guard step <= WireV1Limits.step else { throw .stepTooLong }
        return Int32(truncatingIfNeeded: step)
    }

    /// A clock: epoch milliseconds.
    mutating func clock() throws(WireV1Fault) -> Int64 {
        let clock = try unsigned(longest: 8)
        guard clock <= WireV1Limits.clock else { throw .clockOutOfBounds }
        return Int64(clock)
    }

    /// A position or an offset that is `value` and a signed number away from there.
    @inline(__always)
    mutating func position(from value: Int32 = 0) throws(WireV1Fault) -> Int32 {
        let moved = try Int64(value) &+ signed()
        guard moved.magnitude <= WireV1Limits.position else { throw .positionOutOfBounds }
        return Int32(truncatingIfNeeded: moved)
    }

    /// A size in pixels.
    mutating func size() throws(WireV1Fault) -> Int32 {
        let size = try unsigned()
        guard size <= WireV1Limits.position else { throw .sizeOutOfBounds }
        return Int32(size)
    }

    mutating func buttons() throws(WireV1Fault) -> UInt16 {
        guard let buttons = UInt16(exactly: try unsigned()) else { throw .buttonsOutOfBounds }
        return buttons
    }

    /// A byte of `0...most`.
    mutating func choice(upTo most: UInt8) throws(WireV1Fault) -> UInt8 {
        let choice = try byte()
        guard choice <= most else { throw .choiceUnknown }
        return choice
    }

    /// A text of at most `most` bytes, which is UTF-8.
    mutating func text(upTo most: Int) throws(WireV1Fault) -> UnsafeRawBufferPointer {
        let text = unsafe try bytes()
        guard text.count <= most else { throw .textTooLong }
        guard unsafe UTF8Validator.isValid(text) else { throw .notUTF8 }
        return unsafe text
    }

    /// A name: 1 to 64 bytes without control characters.
    mutating func name() throws(WireV1Fault) -> UnsafeRawBufferPointer {
        let text = unsafe try text(upTo: Limits.nameBytes)
        guard unsafe SampleText.isName(text) else { throw .nameUnacceptable }
        return unsafe text
    }

    /// An element: at most 64 bytes without control characters.
    mutating func element() throws(WireV1Fault) -> UnsafeRawBufferPointer {
        let text = unsafe try text(upTo: Limits.elementBytes)
        guard unsafe SampleText.isElement(text) else { throw .elementUnacceptable }
        return unsafe text
    }

    /// `uv` bytes, and as many of them.
    mutating func bytes() throws(WireV1Fault) -> UnsafeRawBufferPointer {
        let count = try unsigned()
        guard count <= UInt64(end &- offset) else { throw .truncated }
        let start = offset
        offset &+= Int(count)
        return unsafe UnsafeRawBufferPointer(start: base + start, count: Int(count))
    }

    /// Eight bytes as they lie there, the first one lowest.
    mutating func word() throws(WireV1Fault) -> UInt64 {
        guard end &- offset >= 8 else { throw .truncated }
        defer { offset &+= 8 }
        return unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A part of `uv` bytes that has a reader of its own; what it leaves is passed over.
    mutating func part() throws(WireV1Fault) -> WireV1Reader {
        let part = unsafe try bytes()
        return unsafe try WireV1Reader(part)
    }

    /// Passes over what was read elsewhere.
    @inline(__always)
    mutating func move(to place: Int) {
        precondition(place >= offset && place <= end)
        offset = place
    }
}
