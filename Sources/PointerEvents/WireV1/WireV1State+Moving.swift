public import ByteCore

/// What the messages of a connection build upon, for another process that goes on with it.
///
/// ```
///   0 [ clock i64 ][ number u64 ]
///  16 [ x i32 | y i32 | scroll x i32 | scroll y i32 ]
///  32 [ beat i32 | flags u8 | pointer type u8 | late count u8 | late number u8 ]
///  40 [ id, 24 bytes ][ name, 64 bytes ]        zeros behind them
/// 128 [ bytes of the id u8 | bytes of the name u8 | 0, 6 bytes ]
/// ```
/// In host byte order.
extension WireV1State {
    public static let movedBytes = 136

    /// Appends it.
    public func appendMoved(to buffer: inout ByteBuffer) {
        buffer.append(memoryOf: place.clock)
        buffer.append(memoryOf: place.number)
        for value in [place.x, place.y, place.scrollX, place.scrollY, place.beat] {
            buffer.append(memoryOf: value)
        }
        buffer.append(place.flags.rawValue)
        buffer.append(place.pointerType)
        buffer.append(place.lateCount)
        buffer.append(place.lateNumber)
        unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { room in
            guard let base = room.baseAddress else { return }
            unsafe id.copy(to: base)
            unsafe buffer.append(UnsafeRawBufferPointer(rebasing: room[..<24]))
            unsafe name.copy(to: base)
            unsafe buffer.append(UnsafeRawBufferPointer(room))
        }
        buffer.append(id.count)
        buffer.append(name.count)
        for _ in 0..<6 { buffer.append(0 as UInt8) }
    }

    /// Goes on where another one stood; nil where none can stand.
    public init?(moved bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.movedBytes else { return nil }
        self.init()
        func word(_ offset: Int) -> Int32 {
            unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
        }
        place.clock = unsafe bytes.loadUnaligned(fromByteOffset: 0, as: Int64.self)
        place.number = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        (place.x, place.y, place.scrollX, place.scrollY) = (word(16), word(20), word(24), word(28))
        place.beat = word(32)
        place.flags = unsafe WireV1Place.Flags(rawValue: bytes[36])
        place.pointerType = unsafe bytes[37]
        place.lateCount = unsafe bytes[38]
        place.lateNumber = unsafe bytes[39]
        let (idCount, nameCount) = unsafe (Int(bytes[128]), Int(bytes[129]))
        let furthest = [place.x, place.y, place.scrollX, place.scrollY].map(\.magnitude).max() ?? 0
        guard (0...Int64(WireV1Limits.clock)).contains(place.clock), furthest <= WireV1Limits.position,
            (0...WireV1Compact.slowestBeat).contains(place.beat), place.flags.rawValue & 0x80 == 0,
            place.pointerType == 0 || PointerType(rawValue: place.pointerType) != nil,
            idCount <= 24, nameCount <= 64
        else { return nil }
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[40..<(40 + idCount)])
        let called = unsafe UnsafeRawBufferPointer(rebasing: bytes[64..<(64 + nameCount)])
        guard unsafe UTF8Validator.isValid(text), unsafe UTF8Validator.isValid(called),
            unsafe called.isEmpty || SampleText.isName(called)
        else { return nil }
        unsafe id.set(to: text)
        unsafe name.set(to: called)
    }
}
