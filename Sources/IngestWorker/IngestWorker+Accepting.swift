import ByteCore
import HTTPWire
import PosixIO
import RelayWire
import Telemetry

/// Connections that come to the worker without the master, which hears of each before anything else of it.
extension IngestWorker {
    /// Has the poller look at the door while somebody may come in: not at one of which the master has said
    /// that others have it, not without room or descriptors, and not at the end of this worker's life.
    mutating func tendDoor() {
        guard let door else { return }
        let wants =
            door.how.contains(.isOpen) && life == .running && connections.count < capacity
            && now >= door.restsUntil
        guard wants != door.isWatched else { return }
        if wants { watch(door) } else { unwatch(door) }
    }

    private func watch(_ door: OwnDoor) {
        do throws(SystemError) {
            // Of all who watch it for themselves alone the kernel wakes one for whoever comes.
            try poller.add(
                door.listener.raw, for: [.readable, .exclusive], token: Token(kind: Kind.door))
            door.isWatched = true
        } catch {
            door.restsUntil = now + WorkerLimits.acceptRestNanoseconds
        }
    }

    private func unwatch(_ door: OwnDoor) {
        poller.remove(door.listener.raw)
        door.isWatched = false
    }

    /// Takes some of those who wait at the door.
    mutating func acceptAtDoor() {
        guard let door, door.isWatched, life == .running else { return }
        var taken = 0
        taking: while taken < WorkerLimits.acceptsPerEvent, connections.count < capacity {
            var peer = PeerAddress.unixSocket
            switch door.listener.accept(&peer) {
            case .none: break taking
            case .exhausted:
                door.restsUntil = now + WorkerLimits.acceptRestNanoseconds
                break taking
            case .connection(let descriptor): welcome(descriptor, peer, at: door)
            }
            taken += 1
        }
        // The kernel wakes those first who have watched it longest, so that one would get nearly all.
        guard taken > 0, door.how.contains(.isShared) else { return }
        unwatch(door)
        tendDoor()
    }

    private mutating func welcome(
        _ descriptor: consuming Descriptor, _ peer: PeerAddress, at door: OwnDoor
    ) {
        let number = door.nextNumber()
        let isJudged = door.judges(peer)
        let token = place(descriptor, number)
        counters.add(.connectionsAccepted)
        counters.add(.connectionsTaken)
        let address: IPAddress? = if case .ip(let address) = peer { address } else { nil }
        intake.queue.appendArrived(
            RelayArrival(
                connection: number, place: token.index, address: address, awaitsVerdict: isJudged))
        guard isJudged else { return begin(token) }
        unsafe connections.find(token)?.pointee.wait = .verdict
    }

    /// The master says what becomes of a connection that has come here.
    mutating func heedVerdict(_ order: ControlRecord) {
        switch order {
        case .letIn(let number, let place):
            guard let token = awaiting(number, place) else { return }
            unsafe connections.find(token)?.pointee.wait = .none
            begin(token)
        case .turnAway(let number, let place):
            guard let token = awaiting(number, place) else { return }
            unsafe connections.find(token)?.pointee.wait = .none
            answer(token) { reply in
                let head = HTTPResponseHead(.tooManyRequests, contentLength: 0, connection: .close)
                head.appendOpen(to: &reply)
                reply.appendHTTPField("Retry-After", "10")
                reply.appendHTTPHeadEnd()
            }
            endWriting(token)
        case .cut(let number, let place):
            guard let token = awaiting(number, place),
                let connection = unsafe connections.find(token)
            else { return }
            unsafe resetOnClose(connection.pointee.stream.raw)
            drop(token)
        default: break
        }
    }

    /// The connection of this number, if it is still waited for.
    private func awaiting(_ number: UInt64, _ place: UInt32) -> Token? {
        guard let found = unsafe connections.at(Int(place)),
            unsafe found.element.pointee.number == number,
            unsafe found.element.pointee.wait == .verdict
        else { return nil }
        return unsafe Token(kind: Kind.connection, index: place, generation: found.generation)
    }
}
