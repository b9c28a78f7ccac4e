import PointerEvents
import PosixIO
import RelayChannels
import RelayWire
import Telemetry

/// How reading from a worker ended for this wake-up.
enum ChannelReading: Equatable {
    /// Nothing more now, or its turn is over.
    case open
    case ended
    case corrupt(String)
}

/// What a worker says of one of its connections.
enum ConnectionNote {
    /// It has let go of it.
    case closed(UInt64)
    /// It has accepted it itself.
    case arrived(RelayArrival)
    /// It has taken it over.
    case adopted(UInt64)
    /// It has handed it over.
    case moved(WaitingConnection)
    /// It has handed it over, and its descriptor did not come.
    case lost(UInt64)
}

extension WorkerProcess {
    /// Hands what the worker wrote to `sink`, up to `limit` bytes, and what it says of connections to `note`.
    func readData<Sink: RelaySink>(
        into sink: Sink, limit: Int, now: Int64, _ note: (ConnectionNote) -> Void
    ) -> ChannelReading {
        var left = limit
        while left > 0 {
            let count: Int
            switch readOnce() {
            case .bytes(let read): count = read
            case .wouldBlock: return .open
            case .endOfFile, .failed: return .ended
            }
            do throws(RelayError) {
                try takeRecords(into: sink, now: now, note)
            } catch {
                return .corrupt("\(error)")
            }
            guard !saysWhatIsNot else { return .corrupt("connections that it cannot have accepted") }
            guard passed.count <= ClusterLimits.passedDescriptors else {
                return .corrupt("descriptors without connections")
            }
            // Where descriptors come, each read is of one message at most.
            if count < ClusterLimits.readBytes, !handsOver { return .open }
            left -= max(count, handsOver ? ClusterLimits.leastReadBytes : 0)
        }
        return .open
    }

    private func readOnce() -> IOResult {
        guard handsOver else { return data.read(minimum: ClusterLimits.readBytes) }
        return data.read(minimum: ClusterLimits.readBytes, &passed)
    }

    /// The connection of a record, with its descriptor.
    private func connection(_ move: RelayMove) -> ConnectionNote {
        let descriptor = move.isAlone ? nil : passed.next(isFirst: true)
        guard descriptor != nil || move.isAlone else { return .lost(move.connection) }
        return .moved(
            WaitingConnection(
                number: move.connection, descriptor: descriptor, state: unsafe Array(move.state)))
    }

    private func takeRecords<Sink: RelaySink>(
        into sink: Sink, now: Int64, _ note: (ConnectionNote) -> Void
    ) throws(RelayError) {
        let channel = channel
        var samples: UInt64 = 0
        defer { relayed &+= samples }
        try data.takeRecords { run in
            samples &+= UInt64(truncatingIfNeeded: run.count)
            unsafe sink.received(run.first, count: run.count, on: channel, now: now)
        } others: { record in
            switch record {
            case .sample(let sample):
                samples &+= 1
                unsafe sink.received(sample, count: 1, on: channel, now: now)
            case .tailedSample(let sample, let tail):
                samples &+= 1
                unsafe sink.received(sample, tail: tail, on: channel, now: now)
            case .join(let join): sink.joined(join, on: channel, now: now)
            case .leave(let slot, _, let mayReturn):
                sink.left(slot: slot, mayReturn: mayReturn, on: channel, now: now)
            case .moving(let slot, let connection):
                sink.moving(slot: slot, with: connection, on: channel, now: now)
            case .text(let kind, let index, let bytes):
                unsafe sink.told(kind, index: index, bytes, on: channel)
            case .noText(let kind, let index):
                unsafe sink.told(kind, index: index, nil, on: channel)
            case .closed(let connection): note(.closed(connection))
            case .adopted(let connection): note(.adopted(connection))
            case .moved(let move): note(connection(move))
            case .arrived(let arrival): note(.arrived(arrival))
            case .hello, .connection, .adopt, .identityKey: break
            }
        }
    }

    /// Hands what the worker said on its standard error to `body`, up to `limit` bytes; false when it will
    /// say no more there.
    func readErrors(limit: Int, now: Int64, _ body: (SpokenLines.Line) -> Void) -> Bool {
        unsafe withUnsafeTemporaryAllocation(byteCount: ClusterLimits.errorReadBytes, alignment: 8) { room in
            var left = limit
            while left > 0 {
                switch unsafe errors.read(into: room) {
                case .bytes(let count):
                    unsafe spoken.take(UnsafeRawBufferPointer(rebasing: room[..<count]), now: now, body)
                    left -= count
                case .wouldBlock: return true
                case .endOfFile, .failed: return false
                }
            }
            return true
        }
    }
}
