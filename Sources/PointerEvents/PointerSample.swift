/// One accepted sample at fixed size: the record of the relay's data channel and of the hub's ring.
///
/// ```
///  0 [ type u8 | fields u8 | length u16 ]  the header every data-channel record begins with
///  4 [ slot u32                         ]  who: the worker's slot on the channel, the visitor's in the hub
///  8 [ receivedNanoseconds i64          ]  CLOCK_MONOTONIC when the worker read it
/// 16 [ x f64 ]
/// 24 [ y f64 ]
/// 32 [ clientTime f64                   ]  epoch milliseconds, untrusted
/// 40 [ width f64 ]
/// 48 [ height f64 ]
/// 56 [ page u32 ]
/// 60 [ buttons u16 | kind u8 | flags u8 ]  flags belong to whoever holds the record
/// ```
/// 64 bytes, 8-byte aligned, host byte order: it never leaves the machine.
@frozen
public struct PointerSample: Sendable, BitwiseCopyable {
    public var type: UInt8
    public var fields: SampleFields
    public var length: UInt16
    public var slot: UInt32
    public var receivedNanoseconds: Int64
    public var x: Double
    public var y: Double
    public var clientTime: Double
    public var width: Double
    public var height: Double
    public var page: UInt32
    public var buttons: UInt16
    public var kind: PointerKind
    public var flags: UInt8

    /// The type byte of a sample record.
    public static let recordType: UInt8 = 1

    /// Makes a plain move at `x`, `y` (CSS pixels of the page's viewport).
    @inlinable
    public init(x: Double = 0, y: Double = 0, kind: PointerKind = .move) {
        type = Self.recordType
        fields = []
        length = 64
        slot = 0
        receivedNanoseconds = 0
        self.x = x
        self.y = y
        clientTime = 0
        width = 0
        height = 0
        page = 0
        buttons = 0
        self.kind = kind
        flags = 0
    }

    /// What a record begins with, its first eight bytes, in one word as it lies in memory: samples that are
    /// many are judged and rewritten by that.
    @inlinable @inline(__always)
    public static func head(
        type: UInt8 = 0, fields: SampleFields = [], length: UInt16 = 0, slot: UInt32 = 0
    ) -> UInt64 {
        var sample = PointerSample()
        sample.type = type
        sample.fields = fields
        sample.length = length
        sample.slot = slot
        return unsafe withUnsafeBytes(of: sample) { unsafe $0.load(as: UInt64.self) }
    }

    /// Says also what an older sample of the same visitor says of the surroundings and this one does not.
    @inlinable
    public mutating func takeSurroundings(from older: PointerSample) {
        let taken = older.fields.intersection(.surroundings).subtracting(fields)
        if taken.contains(.width) { width = older.width }
        if taken.contains(.height) { height = older.height }
        if taken.contains(.page) { page = older.page }
        fields.formUnion(taken)
    }
}
