/// Connections on their way from one data channel to another: for whom they speak meanwhile.
///
/// ```
///   a channel's slots ── moving ──▶ the old channel's ── moved ──▶ nobody's ── adopted ──▶ the new channel's
///                                        │                            │                         │
///                                   it is closed                   it ends                 joined: slots
/// ```
/// Whose a move is decides who ends it: a channel that is closed takes along those that are its own.
struct MoveTable {
    /// One (channel, slot) pair that was, and will be another.
    struct Speaker: BitwiseCopyable {
        /// The visitor's entry, of whose speakers this is one still.
        let visitor: UInt32
        /// The claim that it was joined with, or `ClaimTable.none`.
        let claim: UInt32
        /// The hub's page that it named last, or `PageTable.none`.
        let page: UInt32
    }

    struct Move {
        /// The channel whose it is; nil while it is nobody's.
        var channel: Int?
        var speakers: ContiguousArray<Speaker> = []
    }

    /// By the connection's number.
    private(set) var moves: [UInt64: Move] = [:]
    /// Of all moves.
    private(set) var speakerCount = 0

    var isEmpty: Bool { moves.isEmpty }

    /// Whether a channel may add to a move: a new one, or its own.
    func isOpen(_ connection: UInt64, to channel: Int) -> Bool {
        guard let move = moves[connection] else { return true }
        return move.channel == channel
    }

    mutating func add(_ speaker: Speaker, to connection: UInt64, channel: Int?) {
        moves[connection, default: Move(channel: channel)].speakers.append(speaker)
        speakerCount += 1
    }

    /// Makes a move another's, if it is that of `owner`.
    mutating func pass(_ connection: UInt64, from owner: Int?, to channel: Int?) {
        guard let move = moves[connection], move.channel == owner else { return }
        moves[connection]?.channel = channel
    }

    /// Takes the first speaker of a channel's move of which `isMeant` is true; the last one ends it.
    mutating func take(_ connection: UInt64, of channel: Int, _ isMeant: (Speaker) -> Bool) -> Speaker? {
        guard let move = moves[connection], move.channel == channel,
            let place = move.speakers.firstIndex(where: isMeant)
        else { return nil }
        let speaker = moves[connection]?.speakers.remove(at: place)
        speakerCount -= 1
        if move.speakers.count == 1 { moves[connection] = nil }
        return speaker
    }

    /// Ends a move and returns who was left of it.
    mutating func end(_ connection: UInt64) -> ContiguousArray<Speaker> {
        guard let move = moves.removeValue(forKey: connection) else { return [] }
        speakerCount -= move.speakers.count
        return move.speakers
    }

    /// The moves that are a channel's, in order.
    func connections(of channel: Int) -> [UInt64] {
        moves.filter { $0.value.channel == channel }.keys.sorted()
    }
}
