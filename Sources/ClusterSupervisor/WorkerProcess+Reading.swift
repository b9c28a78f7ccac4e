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

extension WorkerProcess {
    /// Hands what the worker wrote to `sink`, up to `limit` bytes.
    func readData<Sink: RelaySink>(
        into sink: Sink, limit: Int, now: Int64, connectionClosed: (UInt64) -> Void
    ) -> ChannelReading {
        var left = limit
        while left > 0 {
            let count: Int
            switch data.read(minimum: ClusterLimits.readBytes) {
            case .bytes(let read): count = read
            case .wouldBlock: return .open
            case .endOfFile, .failed: return .ended
            }
            left -= count
            do throws(RelayError) {
                try takeRecords(into: sink, now: now, connectionClosed: connectionClosed)
            } catch {
                return .corrupt("\(error)")
            }
            if count < ClusterLimits.readBytes { return .open }
        }
        return .open
    }

    private func takeRecords<Sink: RelaySink>(
        into sink: Sink, now: Int64, connectionClosed: (UInt64) -> Void
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
            case .text(let kind, let index, let bytes):
                unsafe sink.told(kind, index: index, bytes, on: channel)
            case .noText(let kind, let index):
                unsafe sink.told(kind, index: index, nil, on: channel)
            case .closed(let connection): connectionClosed(connection)
            case .hello, .connection, .identityKey: break
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
