import ByteCore
import PointerEvents

/// What a visitor's entry is used for.
struct VisitorFlags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// A connection that spoke for the id is open, or was a moment ago: see `inGrace`.
    static let present = VisitorFlags(rawValue: 1 << 0)
    /// Has sent a sample since joining; without one there is no position to show.
    static let hasSample = VisitorFlags(rawValue: 1 << 1)
    /// A viewer's catch-up may stand at this entry, and must be moved on before the entry moves in the list.
    static let pinned = VisitorFlags(rawValue: 1 << 2)
    /// Several connections spoke for the id at a time, so that the newest sample and the page named last need
    /// not be of the same one.
    static let several = VisitorFlags(rawValue: 1 << 3)
    /// Has said something in a tail since joining; what holds of it is in the table's `tails`.
    static let hasTail = VisitorFlags(rawValue: 1 << 4)
    /// Nobody speaks for the id, but whoever did may be back before the grace is over.
    static let inGrace = VisitorFlags(rawValue: 1 << 5)
    /// The sample before concerned no scope, and neither does the next one that names no page: one connection
    /// speaks for the id, and no scope has come since.
    static let unscoped = VisitorFlags(rawValue: 1 << 6)
}

/// One entry of the visitor table: who someone is and when they were heard. One cache line: their newest
/// sample stands in the ring, at `orderN`, and is kept in the table only once it has left that.
///
/// Its text lies in the table's arena: the escaped id as a sample's text begins with it, then the id as it
/// came, where that is another one.
///
/// ```
///  {"id":"user123","x":            {"id":"say \"hi\"","x":say "hi"
///  |<- prefixLength ->|            |<-  prefixLength  ->|<idLength>
///        |idLength|
/// ```
struct Visitor: BitwiseCopyable {
    /// The end of a list; in a slot: nobody.
    static let none = UInt32.max
    /// In a slot: somebody whose identity was refused.
    static let unidentified = UInt32.max - 1
    /// In a slot: somebody for whom there was no room. Everything below is an entry's number.
    static let refused = UInt32.max - 2

    /// The place in the list: the n of the newest sample, or where the head stood at joining.
    var orderN: UInt64 = 0
    var sinceNanoseconds: Int64 = 0
    /// When the newest sample came; valid with `hasSample`.
    var lastNanoseconds: Int64 = 0
    var rate = RateWindow()
    /// Open (channel, slot) pairs that speak for the id.
    var speakers: UInt32 = 0
    /// Of the worker that spoke last.
    var processID: Int32 = 0
    /// Where the text begins.
    var text: UInt32
    var prefixLength: UInt16 = 0
    /// 0 in an entry that is free.
    var idLength: UInt8 = 0
    var flags: VisitorFlags = []

    /// What stands before and behind the id in a prefix: `{"id":"` and `","x":`.
    private static let before = 7
    private static let behind = 6

    /// Bytes of the prefix of an id that JSON says as it is; of any other there are more.
    static func usualPrefixLength(of idLength: Int) -> Int { before + idLength + behind }

    private var isEscaped: Bool { Int(prefixLength) > Self.usualPrefixLength(of: Int(idLength)) }
    /// Where the id as it came begins in the text.
    var idPlace: Int { isEscaped ? Int(prefixLength) : Self.before }
    /// Bytes of the text.
    var textLength: Int { Int(prefixLength) + (isEscaped ? Int(idLength) : 0) }
}

/// What a visitor said last that holds until they say otherwise: pages send it on connecting and on a change.
///
/// Nothing said is all zeros, so that memory which was never written to says so.
struct VisitorSurroundings: Equatable, BitwiseCopyable {
    private var pagePlusOne: UInt32 = 0
    /// The viewport where it was given in whole pixels; 0 is unknown.
    var width: UInt16 = 0
    var height: UInt16 = 0

    /// The hub's number of the page.
    var page: UInt32 {
        get { pagePlusOne &- 1 }
        set { pagePlusOne = newValue &+ 1 }
    }

    /// Takes over what a record of the ring says.
    @inline(__always)
    mutating func update(_ record: PointerSample) {
        if record.fields.contains(.page) { page = record.page }
        if record.fields.contains(.width) { width = UInt16(exactly: record.width) ?? 0 }
        if record.fields.contains(.height) { height = UInt16(exactly: record.height) ?? 0 }
    }

    /// The sample with what still holds beside it.
    func filledInto(_ sample: PointerSample) -> PointerSample {
        var sample = sample
        if !sample.fields.contains(.page), page != PageTable.none {
            sample.fields.insert(.page)
            sample.page = page
        }
        if !sample.fields.contains(.width), width > 0 {
            sample.fields.insert(.width)
            sample.width = Double(width)
        }
        if !sample.fields.contains(.height), height > 0 {
            sample.fields.insert(.height)
            sample.height = Double(height)
        }
        return sample
    }
}

/// What of an entry its neighbours in the list touch, apart from it: with many visitors each entry is a cache
/// miss, but all the links together still fit a cache.
struct VisitorLinks: BitwiseCopyable {
    var previous = Visitor.none
    /// In the list of free entries this links them.
    var next = Visitor.none
}
