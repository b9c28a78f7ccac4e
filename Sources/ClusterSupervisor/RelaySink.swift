public import PointerEvents
public import PosixIO
public import RelayWire
public import SupervisorCore

/// What the master does with what workers say; a channel is one life of one worker process.
public protocol RelaySink: AnyObject {
    /// A worker process was started; returns the number of its channel.
    func channelOpened(pid: Int32) -> Int
    /// Its last record has been read and nothing more will come: whoever still speaks on it has left.
    func channelClosed(_ channel: Int, now: Int64)
    /// A visitor speaks on a connection for the first time.
    ///
    /// Where the join is moved, it goes on to speak on one that was adopted.
    func joined(_ join: RelayJoin, on channel: Int, now: Int64)
    /// The visitor of a slot no longer speaks on its connection; one that may return said that it leaves its
    /// page, and may be on its way to the next.
    func left(slot: UInt32, mayReturn: Bool, on channel: Int, now: Int64)
    /// The visitor of a slot no longer speaks there, since its connection goes on at another worker.
    func moving(slot: UInt32, with connection: UInt64, on channel: Int, now: Int64)
    /// A connection has left its worker for another one.
    func connectionMoved(_ connection: UInt64, from channel: Int)
    /// A connection that had left its worker is this one's; its joins follow.
    func connectionAdopted(_ connection: UInt64, by channel: Int)
    /// A connection is over; whoever was moving with it has left.
    func connectionEnded(_ connection: UInt64, now: Int64)
    /// From here on this index means these bytes, or nothing, among the channel's texts of this kind.
    func told(_ kind: RelayText, index: UInt32, _ bytes: UnsafeRawBufferPointer?, on channel: Int)
    /// One sample with a tail.
    func received(
        _ sample: UnsafePointer<PointerSample>, tail: UnsafePointer<SampleTail>, on channel: Int, now: Int64)
    /// Samples without tails, one behind the other.
    func received(
        _ samples: UnsafePointer<PointerSample>, count: Int, on channel: Int, now: Int64)
    /// Something an operator should read in the log.
    func noted(_ event: ClusterEvent)
}

/// What happens to workers and connections, for the log; workers by their numbers, from 1.
public enum ClusterEvent {
    case workerStarted(number: Int, pid: Int32)
    /// It has said its first word.
    case workerOnline(number: Int, pid: Int32)
    /// `ready` is the first time that it accepts connections.
    case workerReady(number: Int, pid: Int32, capacity: Int)
    /// It takes no more connections.
    case workerStopping(number: Int, pid: Int32, why: StaticString)
    /// With the samples that were received and never arrived.
    case workerExited(number: Int, pid: Int32, how: ExitStatus, eventsLost: UInt64)
    /// It was emptied: so many of its connections went to others within so long.
    case connectionsMoved(number: Int, pid: Int32, count: UInt64, milliseconds: Int64)
    /// The change that was asked for last is over.
    case changeEnded(ChangeOutcome)
    case workerNotStarted(number: Int, why: String)
    /// It is not started any more: it has ended so often in a row, each time sooner than so many nanoseconds
    /// after its start.
    case workerGivenUp(number: Int, deaths: Int, minUptime: Int64)
    /// It is being replaced, because it has more memory of its own than it may have.
    case workerOverMemory(number: Int, pid: Int32, bytes: UInt64, limit: UInt64)
    case workerUnresponsive(number: Int, pid: Int32)
    case workerCorrupt(number: Int, pid: Int32, why: String)
    /// A line of its standard error, which is a complaint or a crash; so many before it were left out.
    case workerSaid(number: Int, pid: Int32, text: String, omitted: Int64)
    /// Connections of pages that are not served since the last such event, and the newest one's Origin.
    case originsRefused(newest: [UInt8], count: UInt64)
    /// Connections that were turned away since the last such event.
    case connectionsRefused(reason: String, count: UInt64)
}
