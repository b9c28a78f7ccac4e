import PointerEvents
import Telemetry

/// Visitors who only post: without a connection that would end, they are here for a while after each word.
///
/// All of one worker's stand in one list of speakers under a number that no connection has. So to the master
/// they are visitors on a connection like any other, but for its end, which never comes.
extension SampleIntake {
    /// The place in the worker's table of connections that none has.
    static let leaseIndex = UInt32.max

    /// Takes the body of one request, in the JSON format.
    ///
    /// `nowSeconds` is of the worker's clock; `faultyEvent` says where a refused one is wrong.
    mutating func receivePost(
        _ body: UnsafeRawBufferPointer, nowSeconds: Int64, receivedNanoseconds: Int64,
        counters: borrowing CountersPage
    ) -> Outcome {
        // Where room is scarce, whoever brings many is the first for whom there is none.
        let share = max(1, (WorkerLimits.leases - Int(leases.count)) / WorkerLimits.leaseShare)
        leases.ceiling = UInt16(
            min(WorkerLimits.leases, Int(leases.count) + min(share, Limits.idsPerConnection)))
        var nothing: Void = ()
        let outcome = unsafe interner.take(
            body, .text, with: &json, &nothing, from: &leases, index: Self.leaseIndex,
            receivedNanoseconds: receivedNanoseconds, into: &queue, counters: counters)
        guard case .accepted = outcome else { return outcome }
        interner.noteHeard(json.count, atSeconds: UInt32(clamping: nowSeconds))
        counters.set(.postVisitors, UInt64(leases.count))
        return outcome
    }

    /// Where the last message was refused: the place among its events, from 0; nil where it is none of them.
    var faultyEvent: Int? { json.count > 0 ? interner.refusedPosition : json.faultyElement }

    /// Ends those of whom nothing was heard for 45 s.
    mutating func expireLeases(nowSeconds: Int64, counters: borrowing CountersPage) {
        guard leases.count > 0 else { return }
        let earliest = UInt32(clamping: nowSeconds - WorkerLimits.leaseSeconds)
        interner.leave(&leases, notHeardSince: earliest, into: &queue)
        counters.set(.postVisitors, UInt64(leases.count))
    }
}
