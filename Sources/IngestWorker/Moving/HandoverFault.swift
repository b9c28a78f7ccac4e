import PointerEvents
import PosixIO

/// Ways to hand a connection over, or to take it over, that a simulation must notice; never set outside
/// tests.
enum HandoverFault: CaseIterable {
    /// More is read of it once its record is made.
    case recordsTooEarly
    /// Its visitors are said to leave.
    case leavesForGood
    /// The worker's own descriptor stays open.
    case keepsDescriptor
    /// What was read and not used, and what the kernel has not taken yet.
    case dropsKept
    case dropsOutbound
    /// Where messages of `pointerscope.v1` stand.
    case forgetsSequence
    /// The master is not told that it is taken over.
    case adoptsUnsaid
    /// It is read before the master can know.
    case readsTooEarly
    /// Its visitors come as others do, or not all of them come.
    case joinsAnew
    case losesSpeaker

    func spoil(_ record: inout MovedConnection) {
        switch self {
        case .dropsKept: record.kept = []
        case .dropsOutbound: record.outbound = []
        case .forgetsSequence: if record.flags.contains(.isKnown) { record.wire?.state = WireV1State() }
        default: break
        }
    }
}

extension IngestWorker {
    /// What comes between a connection's record and its move; false where nothing is left of it.
    @inline(never)
    mutating func errBeforeMoving(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        if handoverFault == .leavesForGood { unsafe intake.leave(&connection.pointee) }
        if handoverFault == .recordsTooEarly { unsafe attendSeldom(token, connection) }
        return unsafe connections.find(token)?.pointee.phase.moved != nil
    }
}
