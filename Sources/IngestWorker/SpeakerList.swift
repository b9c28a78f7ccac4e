import PointerEvents
import RelayWire

/// Whom one connection speaks for: its slots in the speaker table, linked there, newest first.
struct SpeakerList {
    /// The connection's number, unique in the cluster.
    let connection: UInt64
    /// The newest slot.
    var first = SpeakerTable.none
    /// Who was heard last, most often the only one.
    var lastHeard = SpeakerTable.none
    var count: UInt16 = 0
    /// How many it may speak for.
    var ceiling = UInt16(Limits.idsPerConnection)
    /// How many new texts it may have.
    var texts = TextAllowance()

    /// Of those who post: whether one body may bring fewer than usual, as there is room for few.
    var isScarce: Bool { ceiling < count + UInt16(Limits.idsPerConnection) }

    /// Whether these are visitors who only post.
    var isLeased: Bool { connection & Self.leased != 0 }

    /// What numbers have that are no connection's: the master counts those up from 1.
    static let leased: UInt64 = RelayLimits.leasedConnections

    init(connection: UInt64) { self.connection = connection }
}
