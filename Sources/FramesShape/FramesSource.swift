public import PointerEvents

/// What frames are made from: records in order of n, and who is present. The hub is one while things happen;
/// a recording can be one afterwards.
///
/// ```
///  n          firstN ... the oldest that can still be lent          headN
///  records    [ sample ][ sample ][ kill ][ sample ] ...            [ sample ]
///  present    newest ─▶ before it ─▶ ... ─▶ none
/// ```
/// Whatever is lent is valid until the next call that changes the source. Records name visitors and pages by
/// the source's own numbers.
public protocol FramesSource: AnyObject {
    /// Names the life of the source in every event id.
    var boot: UInt64 { get }
    /// The n of the newest record; 0 before the first.
    var headN: UInt64 { get }
    /// Samples up to it.
    var headOrdinal: UInt64 { get }
    /// Samples up to record `n`, which was the head's at a tick; the oldest that can be lent is not behind
    /// the next one.
    func ordinal(through n: UInt64) -> UInt64
    /// The n of the oldest record that can be lent; one after the head's where none can.
    var firstN: UInt64 { get }
    /// Visitors present.
    var presentCount: Int { get }
    /// Who moved or joined last, by number; `RecordRun.nobody` where no one is present.
    var newestVisitor: UInt32 { get }

    /// Makes every record up to the head one that can be lent.
    func seal()
    /// The records from `n`, which is not before `firstN`, on, as far as they lie together; none behind the
    /// head.
    func records(from n: UInt64) -> RecordRun
    /// Who a record's `slot` names.
    func identity(of visitor: UInt32) -> VisitorIdentity
    /// Who moved or joined last before one who is present.
    func visitor(before visitor: UInt32) -> UInt32
    /// How one who is present gets on.
    func standing(of visitor: UInt32, now: Int64) -> VisitorStanding
    /// The page that a record names, as a JSON string with its quotes.
    func pageJSON(_ page: UInt32) -> UnsafeRawBufferPointer
    /// What the record of `n`, which has a tail, says in it.
    func tail(of n: UInt64) -> SampleTail
    /// The name that a tail says, as a JSON string with its quotes.
    func nameJSON(_ name: UInt32) -> UnsafeRawBufferPointer
    /// The element that a tail says, as a JSON string with its quotes.
    func elementJSON(_ element: UInt32) -> UnsafeRawBufferPointer
    /// The epoch time in milliseconds at monotonic `nanoseconds`.
    func epochMilliseconds(_ nanoseconds: Int64) -> Int64
}

/// Records that lie together, in order of n.
///
/// A record is a `PointerSample` whose `slot` is the source's number of the visitor and whose `page` that of
/// the page; `receivedNanoseconds` is when the source took it.
public struct RecordRun: BitwiseCopyable {
    /// The type byte of a kill; 1 is a sample's.
    public static let killType: UInt8 = 2
    /// In a sample's `flags`: the visitor's first since joining.
    public static let joinedFlag: UInt8 = 1
    /// No visitor.
    public static let nobody = UInt32.max

    /// The n of the first of them.
    public let firstN: UInt64
    public let records: UnsafeBufferPointer<PointerSample>

    @inlinable
    public init(firstN: UInt64, records: UnsafeBufferPointer<PointerSample>) {
        self.firstN = firstN
        self.records = records
    }
}

/// Who somebody is, in the words that go out.
public struct VisitorIdentity: BitwiseCopyable {
    /// `{"id":"user123","x":`
    public let prefix: UnsafeRawBufferPointer
    /// When they joined, monotonic nanoseconds.
    public let sinceNanoseconds: Int64
    /// The process of the worker that spoke last.
    public let processID: Int32

    @inlinable
    public init(prefix: UnsafeRawBufferPointer, sinceNanoseconds: Int64, processID: Int32) {
        self.prefix = prefix
        self.sinceNanoseconds = sinceNanoseconds
        self.processID = processID
    }

    /// The id as a JSON string with its quotes: the prefix without `{"id":` and `,"x":`.
    @inlinable
    public var idJSON: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: prefix[6..<(prefix.count - 5)])
    }
}

/// How somebody who is present gets on.
public struct VisitorStanding: BitwiseCopyable {
    /// Samples a second, rounded to a tenth.
    public let rate: Double
    /// When the newest sample came, monotonic nanoseconds; of joining, where there was none.
    public let lastNanoseconds: Int64
    /// The newest sample since joining, with the surroundings that hold for it; valid with `hasSample`.
    public let newest: PointerSample
    /// The same for its tail; valid where the sample has one.
    public let newestTail: SampleTail
    public let hasSample: Bool

    @inlinable
    public init(
        rate: Double, lastNanoseconds: Int64, newest: PointerSample, newestTail: SampleTail = SampleTail(),
        hasSample: Bool
    ) {
        self.rate = rate
        self.lastNanoseconds = lastNanoseconds
        self.newest = newest
        self.newestTail = newestTail
        self.hasSample = hasSample
    }
}
