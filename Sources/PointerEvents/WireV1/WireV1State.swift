/// What the messages of one connection of `pointerscope.v1` build upon, and who they are from.
///
/// A connection begins with one of these; its first message must begin with a hello, which is an ordinary
/// message for the decoder.
@safe public struct WireV1State: Sendable, BitwiseCopyable {
    var place = WireV1Place()
    var id: WireV1Text<WireV1IDWords>
    /// The name that the next sample has to say; empty where it has none.
    var name = WireV1Text<WireV1NameWords>(words: (0, 0, 0, 0, 0, 0, 0, 0))

    /// Makes one of nobody, until it is replaced.
    public init() { id = WireV1Text(words: (0, 0, 0)) }

    /// Makes the state of a new connection, all of whose samples are from `id`: 1 to 24 bytes, copied.
    public init(id: UnsafeRawBufferPointer) {
        self.id = WireV1Text(words: (0, 0, 0))
        unsafe self.id.set(to: id)
    }

    /// Whether the page said that it is being left: its visitor may come back within the grace time.
    public var saidBye: Bool { place.flags.contains(.saidBye) }

    /// Whether messages are missing, and no sync has come since.
    public var isBehindGap: Bool { place.flags.contains(.awaitsSync) }
}

extension WireV1State: Equatable {
    public static func == (one: WireV1State, other: WireV1State) -> Bool {
        one.place == other.place && one.id.isSame(as: other.id) && one.name.isSame(as: other.name)
    }
}

typealias WireV1IDWords = (UInt64, UInt64, UInt64)
typealias WireV1NameWords = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

/// A short text that lies where its owner lies.
@safe struct WireV1Text<Words: BitwiseCopyable & Sendable>: Sendable, BitwiseCopyable {
    private var words: Words
    private(set) var count: UInt8 = 0

    /// Makes an empty one out of zeros.
    init(words: Words) { self.words = words }

    static var capacity: Int { MemoryLayout<Words>.size }

    mutating func set(to text: UnsafeRawBufferPointer) {
        precondition(text.count <= Self.capacity)
        unsafe withUnsafeMutableBytes(of: &words) { unsafe $0.copyBytes(from: text) }
        count = UInt8(text.count)
    }

    /// Copies it to `target`, which has room for `capacity` bytes.
    @inline(__always)
    func copy(to target: UnsafeMutableRawPointer) {
        unsafe target.storeBytes(of: words, as: Words.self)
    }

    func isSame(as other: Self) -> Bool {
        unsafe withUnsafeBytes(of: words) { one in
            unsafe withUnsafeBytes(of: other.words) { two in
                unsafe one.prefix(Int(count)).elementsEqual(two.prefix(Int(other.count)))
            }
        }
    }
}
