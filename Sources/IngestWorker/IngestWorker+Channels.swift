import ByteCore
import IdentityWire
import PosixIO
import RelayChannels
import RelayWire
import Telemetry
import WebSocketWire

/// What the master says, and what it is told.
extension IngestWorker {
    mutating func dataChannelReady(_ event: ReadyEvent) {
        guard event.isReadable else { return }
        var arrivals = ConnectionArrivals()
        var isOpen = true
        for _ in 0..<WorkerLimits.handoversPerEvent {
            guard let count = data.receive(&arrivals) else {
                isOpen = false
                break
            }
            if count == 0 || !arrivals.haveMoved { break }
        }
        takeIdentityKey()
        while let arrival = arrivals.next() {
            if let state = arrival.state {
                adopt(arrival, state)
            } else {
                accept(arrival.number, arrival.descriptor)
            }
        }
        guard isOpen else { return masterIsGone() }
        guard !adoptees.isEmpty else { return }
        // Who was handed over is not to wait for a turn of everyone.
        flushChannels()
        hearAdopted()
    }

    private mutating func takeIdentityKey() {
        guard intake.interner.identityKey == nil, !data.identityKey.isEmpty else { return }
        let key = data.identityKey
        intake.interner.identityKey = IdentityKey(bytes: key)
        addressSeed = unsafe key.withUnsafeBytes { unsafe Hash64.hash($0, seed: WorkerLimits.addressSeed) }
    }

    mutating func controlChannelReady(_ event: ReadyEvent) {
        guard event.isReadable else { return }
        takeControl()
    }

    mutating func takeControl() {
        guard let records = control.receive(poller) else { return masterIsGone() }
        for record in records {
            switch record {
            case .ping(let sequence): control.send(.pong(sequence: sequence))
            case .stop(let deadline): stop(within: Int64(deadline))
            case .rate, .closely, .refuse, .moveAway, .admit, .noPlace, .drain, .move: heed(record)
            case .listen(let how, let first):
                door?.take(how, first: first)
                tendDoor()
            case .letIn, .turnAway, .cut: heedVerdict(record)
            case .hello, .ready, .pong, .stopping, .stopped, .originRefused: break
            }
        }
    }

    /// Writes what is queued for the master; what the kernel does not take now waits until it can.
    mutating func flushChannels() {
        counters.set(.eventsFolded, intake.queue.foldedCount)
        counters.set(.textsWithheld, intake.interner.withheld)
        guard data.write(&intake.queue, poller), control.flush(poller) else { return masterIsGone() }
    }

    /// Sends visitors a close frame and ends: without a master there is nobody to report to.
    mutating func masterIsGone() {
        if case .ended = life { return }
        forEachConnection { $0.beginClose($1, .goingAway, "the server is gone") }
        life = .ended(status: 0)
    }
}
