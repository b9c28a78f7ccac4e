/// Whom one connection speaks for: its slots in the speaker table, linked there, newest first.
struct SpeakerList {
    /// The connection's number, unique in the cluster.
    let connection: UInt64
    /// The newest slot.
    var first = SpeakerTable.none
    /// Who was heard last, most often the only one.
    var lastHeard = SpeakerTable.none
    var count: UInt16 = 0

    init(connection: UInt64) { self.connection = connection }
}
