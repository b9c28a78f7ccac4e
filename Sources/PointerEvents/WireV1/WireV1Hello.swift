public import ByteCore

/// What a connection of `pointerscope.v1` begins with: who speaks, and where everything stands.
///
/// ```
/// 01 | length uv | flags u8 | clock uv | instance 8 bytes | token text | path text
///    | x sv | y sv | scroll x sv | scroll y sv | viewport w uv | h uv | document w uv | h uv
///    | pixel ratio x100 uv | pointer type u8 | [ name text ] | more, passed over
/// ```
/// Its texts point into the message.
@safe public struct WireV1Hello: BitwiseCopyable {
    /// The pointer's place is known: it is on the page.
    public var isPlaceKnown = false
    /// The page can be seen.
    public var isVisible = false
    /// Epoch milliseconds.
    public var clock: Int64 = 0
    /// A random number that each load of a page makes for itself, of its eight bytes the first one lowest.
    public var instance: UInt64 = 0
    /// What an earlier welcome gave the visitor: at most 128 bytes of UTF-8; empty for none.
    public var token = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The page's path: at most 256 bytes of UTF-8.
    public var path = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The client position, CSS pixels of the viewport.
    public var x: Int32 = 0
    public var y: Int32 = 0
    public var scrollX: Int32 = 0
    public var scrollY: Int32 = 0
    public var width: Int32 = 0
    public var height: Int32 = 0
    public var documentWidth: Int32 = 0
    public var documentHeight: Int32 = 0
    /// Physical pixels a CSS pixel, times 100.
    public var pixelRatioHundredths: Int32 = 100
    /// Nil where it is not known.
    public var pointerType: PointerType?
    /// A name given by the owner of the page: 1 to 64 bytes of UTF-8; empty where none is.
    public var name = unsafe UnsafeRawBufferPointer(start: nil, count: 0)

    private enum Flag {
        static let placeIsKnown: UInt8 = 1
        static let isVisible: UInt8 = 2
        static let hasName: UInt8 = 4
    }

    /// Makes one of a page at its top left, with nothing known.
    public init() {}

    /// Reads the hello that a whole message begins with; what follows it is not looked at.
    ///
    /// Refused are text (1003), what is over 64 KiB (1009), what is malformed (1007), and what is out of
    /// bounds or has no hello in front (1008): the same as when the message is decoded.
    public init(
        parsing message: UnsafeRawBufferPointer, _ kind: MessageKind = .binary
    ) throws(SampleRefusal) {
        guard kind == .binary else { throw .wrongKind }
        guard message.count <= Limits.messageBytes else { throw .tooBig }
        do throws(WireV1Fault) {
            var reader = unsafe try WireV1Reader(message)
            try Self.expectFirst(try reader.byte(), &reader)
            try self.init(&reader)
        } catch {
            throw .wire(error)
        }
    }

    /// Passes the first byte of the hello behind the sequence number of its message.
    static func expectFirst(_ sequence: UInt8, _ reader: inout WireV1Reader) throws(WireV1Fault) {
        guard sequence == 0, reader.next == WireV1Record.hello.rawValue else { throw .helloMissing }
        _ = try reader.byte()
    }

    /// Reads the body of the record.
    init(_ outer: inout WireV1Reader) throws(WireV1Fault) {
        var reader = try outer.part()
        let flags = try reader.byte()
        isPlaceKnown = flags & Flag.placeIsKnown != 0
        isVisible = flags & Flag.isVisible != 0
        clock = try reader.clock()
        instance = try reader.word()
        unsafe token = try reader.text(upTo: WireV1Limits.tokenBytes)
        unsafe path = try reader.text(upTo: Limits.pageBytes)
        x = try reader.position()
        y = try reader.position()
        scrollX = try reader.position()
        scrollY = try reader.position()
        width = try reader.size()
        height = try reader.size()
        documentWidth = try reader.size()
        documentHeight = try reader.size()
        pixelRatioHundredths = try reader.size()
        pointerType = PointerType(rawValue: try reader.choice(upTo: PointerType.touch.rawValue))
        if flags & Flag.hasName != 0 { unsafe name = try reader.name() }
    }

    /// Appends the record.
    func append(to buffer: inout ByteBuffer) {
        buffer.append(WireV1Record.hello.rawValue)
        buffer.appendPart { part in
            unsafe part.append(
                (isPlaceKnown ? Flag.placeIsKnown : 0) | (isVisible ? Flag.isVisible : 0)
                    | (name.isEmpty ? 0 : Flag.hasName))
            part.appendUnsigned(UInt64(clock))
            part.append(memoryOf: instance.littleEndian)
            unsafe part.appendText(token)
            unsafe part.appendText(path)
            for value in [x, y, scrollX, scrollY] { part.appendSigned(value) }
            for value in [width, height, documentWidth, documentHeight, pixelRatioHundredths] {
                part.appendUnsigned(UInt64(value))
            }
            part.append(pointerType?.rawValue ?? 0)
            if unsafe !name.isEmpty { unsafe part.appendText(name) }
        }
    }
}

extension ByteBuffer {
    /// Appends the first message of a connection: the number 0 and a hello, whose values are within bounds.
    public mutating func appendFirstMessage(_ hello: WireV1Hello) {
        append(0 as UInt8)
        hello.append(to: &self)
    }
}
