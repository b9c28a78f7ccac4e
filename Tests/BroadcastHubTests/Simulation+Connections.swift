import TestSupport

@testable import BroadcastHub

/// Connections that move from one worker to another, at any moment and with any end.
extension Simulation {
    /// Does something with them now and then; by chance of its own, so that histories without are as they
    /// were.
    func moveConnections() {
        guard connecting?.once(in: 3) == true, !channels.isEmpty else { return }
        switch connecting?.below(9) ?? 0 {
        case 0...2: beginMove()
        case 3: leaveChannel()
        case 4: adopt()
        case 5...7: rejoin()
        default: endMove()
        }
    }

    private func any<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : connecting?.pick(elements)
    }

    /// Some slots of a channel are of one connection, which moves; at times another channel's tries to add to
    /// it, which is a leave.
    private func beginMove() {
        guard let channel = any(channels) else { return }
        let slots = world.slots.keys.filter { $0.channel == channel }.sorted { $0.slot < $1.slot }
        let other = any(world.moves.filter { $0.value.channel != channel }.keys.sorted())
        let isStray = connecting?.once(in: 6) == true
        if !isStray { lastConnection += 1 }
        let connection = isStray ? other ?? lastConnection : lastConnection
        for slot in slots where connecting?.once(in: 2) == true {
            hub.moving(channel: channel, slot: slot.slot, connection: connection, now: now)
            world.moving(slot, with: connection, now: now)
            count("slots that move")
        }
    }

    private func leaveChannel() {
        guard let connection = any(world.moves.keys.sorted()), let channel = any(channels) else { return }
        let owner = world.moves[connection]?.channel
        // Another worker says so of a connection that is not its own.
        let isStray = connecting?.once(in: 8) == true
        hub.moved(connection: connection, from: isStray ? channel : owner ?? channel)
        if !isStray || channel == owner { world.moves[connection]?.channel = nil }
    }

    private func adopt() {
        guard let connection = any(world.moves.keys.sorted()), let channel = any(channels) else { return }
        hub.adopted(connection: connection, by: channel)
        if world.moves[connection]?.channel == nil { world.moves[connection]?.channel = channel }
        count("connections adopted")
    }

    private func rejoin() {
        let mine = world.moves.filter { $0.value.channel != nil }.keys.sorted()
        guard let connection = any(mine), let move = world.moves[connection], let channel = move.channel,
            let speaker = any(move.speakers), let slot = connecting?.below(6)
        else { return }
        let place = World.Slot(channel: channel, slot: UInt32(slot))
        let refusal = world.people[speaker.visitor].id.withUnsafeBytes {
            hub.joined(
                channel: channel, slot: place.slot, id: $0, movedWith: connection, now: now)
        }
        if refusal != nil { fail("a connection that moved was refused") }
        world.rejoined(place, speaker.visitor, with: connection)
        for scope in scopes where scope.world.people[speaker.visitor].isPresent {
            scope.world.people[speaker.visitor].pid = world.people[speaker.visitor].pid
        }
        count("slots that have moved")
    }

    private func endMove() {
        guard let connection = any(world.moves.keys.sorted()) else { return }
        hub.connectionEnded(connection, now: now)
        world.ended(connection)
        count("moves that ended")
    }
}

/// The world's connections between two channels.
extension World {
    /// For whom one speaks, and whose it is.
    struct Move {
        var channel: Int?
        var speakers: [(visitor: Int, page: [UInt8]?)] = []
    }

    func moving(_ slot: Slot, with connection: UInt64, now: Int64) {
        guard let visitor = slots[slot] else { return }
        if let move = moves[connection], move.channel != slot.channel { return left(slot, now: now) }
        moves[connection, default: Move(channel: slot.channel)].speakers.append((visitor, slotPages[slot]))
        slots[slot] = nil
        slotPages[slot] = nil
    }

    func rejoined(_ slot: Slot, _ visitor: Int, with connection: UInt64) {
        left(slot)
        guard let place = moves[connection]?.speakers.firstIndex(where: { $0.visitor == visitor }),
            let speaker = moves[connection]?.speakers.remove(at: place)
        else { return }
        if moves[connection]?.speakers.isEmpty == true { moves[connection] = nil }
        slots[slot] = visitor
        slotPages[slot] = speaker.page
        people[visitor].pid = pids[slot.channel]!
    }

    func ended(_ connection: UInt64) {
        for speaker in moves.removeValue(forKey: connection)?.speakers ?? [] { lost(speaker.visitor) }
    }

    func endMoves(of channel: Int) {
        for connection in moves.filter({ $0.value.channel == channel }).keys.sorted() { ended(connection) }
    }
}
