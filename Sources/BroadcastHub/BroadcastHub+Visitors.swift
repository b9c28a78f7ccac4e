import ByteCore
import PointerEvents

/// A visitor who is present, as `/api/state` shows them; the bytes are valid during the call that got it.
public struct VisitorState {
    /// As it came, 1 to 64 bytes of UTF-8.
    public let id: UnsafeRawBufferPointer
    /// The id as a JSON string with its quotes.
    public let idJSON: UnsafeRawBufferPointer
    /// Epoch milliseconds of joining, and of the newest sample (of joining, where there was none).
    public let sinceMilliseconds: Int64
    public let lastMilliseconds: Int64
    /// Samples a second, rounded to a tenth.
    public let rate: Double
    /// The page named last since joining, as a JSON string with its quotes; nil where none was.
    public let pageJSON: UnsafeRawBufferPointer?
    /// The name said last since joining, as a JSON string with its quotes; nil where none was.
    public let nameJSON: UnsafeRawBufferPointer?
    /// The process of the worker that spoke last.
    public let processID: Int32
    /// The newest sample's position; nil before the first.
    public let position: (x: Double, y: Double)?
}

extension BroadcastHub {
    /// Goes on with a ranking for `steps` of the hub's entries; true when it is finished.
    ///
    /// It is ordered by rate, then by who moved last. One of a scope that was forgotten meanwhile is at its
    /// end.
    public func advance(_ ranking: inout VisitorRanking, by steps: Int, now: Int64) -> Bool {
        guard let hub = hub(of: ranking.scope) else { return true }
        return ranking.advance(by: steps, in: hub, now: now)
    }

    /// The hub that has a scope's visitors, or everyone.
    private func hub(of scope: ScopeNumber?) -> BroadcastHub? {
        guard let scope, !isFaulty(.stateOfEveryone) else { return self }
        return find(scope.value)?.hub
    }

    /// The visitor at a place of a finished ranking, with the rate they were ranked by; nil where they have
    /// left since.
    public func visitor(at place: Int, of ranking: borrowing VisitorRanking) -> VisitorState? {
        hub(of: ranking.scope)?.visitor(at: ranking[place])
    }

    private func visitor(at place: VisitorRanking.Place) -> VisitorState? {
        let visitor = visitors[place.entry].pointee
        guard visitor.flags.contains(.present), visitor.sinceNanoseconds == place.sinceNanoseconds else {
            return nil
        }
        return state(of: place.entry, rate: place.rate)
    }

    /// A visitor's samples a second, over the current second and the four before it.
    func rate(of visitor: Visitor, now: Int64) -> Double {
        visitor.rate.perSecond(
            at: isFaulty(.rateStandsStill) ? second : second(at: now),
            ageNanoseconds: now &- visitor.sinceNanoseconds)
    }

    private func state(of index: UInt32, rate: Double) -> VisitorState {
        let visitor = visitors[index].pointee
        let page = visitors.surroundings[Int(index)].page
        let newest = newest(of: index)
        let hasSample = visitor.flags.contains(.hasSample)
        let last = hasSample ? visitor.lastNanoseconds : visitor.sinceNanoseconds
        return VisitorState(
            id: visitors.id(of: index), idJSON: visitors.idJSON(of: index),
            sinceMilliseconds: epochMilliseconds(visitor.sinceNanoseconds),
            lastMilliseconds: epochMilliseconds(last), rate: rate,
            pageJSON: page == PageTable.none ? nil : pages.json(page),
            nameJSON: visitors.name(of: index).map { texts.names.json($0) }, processID: visitor.processID,
            position: hasSample ? (newest.x, newest.y) : nil)
    }
}
