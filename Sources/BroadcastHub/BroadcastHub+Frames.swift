public import FramesShape
public import PointerEvents

/// The hub as what frames are made from. It lends records to whoever reads behind a cursor of its own, too:
/// an n, from which `records` goes on.
extension BroadcastHub: FramesSource {
    public var headOrdinal: UInt64 { ring.headOrdinal }
    public func ordinal(through n: UInt64) -> UInt64 { ring.ordinal(through: n) }

    public var firstN: UInt64 { ring.firstN }

    public var presentCount: Int { visitors.presentCount }

    public var newestVisitor: UInt32 { visitors.newest }

    public func seal() { ring.seal() }

    public func records(from n: UInt64) -> RecordRun {
        let segment = ring.segments[ring.segmentIndex(of: n)]
        guard n >= segment.firstN, n < segment.endN else {
            return RecordRun(firstN: n, records: UnsafeBufferPointer(start: nil, count: 0))
        }
        let index = Int(n - segment.firstN)
        return RecordRun(
            firstN: n,
            records: UnsafeBufferPointer(start: segment.records + index, count: segment.count - index))
    }

    public func identity(of visitor: UInt32) -> VisitorIdentity {
        let entry = visitors[visitor]
        return VisitorIdentity(
            prefix: visitors.prefix(of: visitor), sinceNanoseconds: entry.pointee.sinceNanoseconds,
            processID: entry.pointee.processID)
    }

    public func visitor(before visitor: UInt32) -> UInt32 { visitors.previous(of: visitor) }

    public func standing(of visitor: UInt32, now: Int64) -> VisitorStanding {
        let entry = visitors[visitor].pointee
        let hasSample = entry.flags.contains(.hasSample)
        let newest = filledNewest(of: visitor)
        return VisitorStanding(
            rate: rate(of: entry, now: now),
            lastNanoseconds: hasSample ? entry.lastNanoseconds : entry.sinceNanoseconds,
            newest: newest.sample, newestTail: newest.tail, hasSample: hasSample)
    }

    public func tail(of n: UInt64) -> SampleTail { ring.tail(of: n) }

    public func nameJSON(_ name: UInt32) -> UnsafeRawBufferPointer { texts.names.json(name) }

    public func elementJSON(_ element: UInt32) -> UnsafeRawBufferPointer { texts.elements.json(element) }

    public func pageJSON(_ page: UInt32) -> UnsafeRawBufferPointer { pages.json(page) }
}
