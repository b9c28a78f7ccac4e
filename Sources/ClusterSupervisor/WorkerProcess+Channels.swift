import ByteCore
import PosixIO
import RelayWire

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
        into sink: Sink, limit: Int, now: Int64, connectionClosed: () -> Void
    ) -> ChannelReading {
        var left = limit
        while left > 0 {
            var result = IOResult.wouldBlock(until: .readable)
            let count = dataInbound.appendInPlace(minimum: ClusterLimits.readBytes) { room in
                result = data.read(into: room)
                if case .bytes(let count) = result { return count }
                return 0
            }
            switch result {
            case .bytes: left -= count
            case .wouldBlock: return .open
            case .endOfFile, .failed: return .ended
            }
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
        into sink: Sink, now: Int64, connectionClosed: () -> Void
    ) throws(RelayError) {
        let bytes = dataInbound.readable
        var offset = 0
        var samples: UInt64 = 0
        defer {
            relayed &+= samples
            dataInbound.consume(offset)
        }
        while let (record, consumed) = try dataReader.next(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        {
            offset &+= consumed
            switch record {
            case .sample(let sample):
                samples &+= 1
                sink.received(sample, on: channel, now: now)
            case .join(let join): sink.joined(join, on: channel, now: now)
            case .leave(let slot, _): sink.left(slot: slot, on: channel, now: now)
            case .page(let index, let bytes): sink.named(page: index, bytes, on: channel)
            case .closed: connectionClosed()
            case .hello, .connection: break
            }
        }
    }

    /// The control records that are there; nil when the worker closed the channel or speaks nonsense.
    func readControl() -> [ControlRecord]? {
        var result = IOResult.wouldBlock(until: .readable)
        _ = controlInbound.appendInPlace(minimum: 256) { room in
            result = control.read(into: room)
            if case .bytes(let count) = result { return count }
            return 0
        }
        if case .wouldBlock = result { return [] }
        guard case .bytes = result else { return nil }
        return controlReader.takeRecords(from: &controlInbound)
    }

    /// Queues a control record and sends what the kernel takes; the rest goes with the next one.
    func send(_ record: ControlRecord) {
        controlOutbound.append { $0.appendControl(record) }
        // A worker that takes nothing here is found by its missing heartbeat.
        _ = controlOutbound.flush(to: control)
    }

    /// Sends what of the control channel is still queued.
    func flushControl() { _ = controlOutbound.flush(to: control) }

    /// Hands over connections that wait, as many as the kernel takes; true when none is left.
    func sendWaiting() -> Bool {
        while !dataOutbound.isEmpty {
            guard case .bytes(let count) = data.write(dataOutbound.readable) else { return false }
            dataOutbound.consume(count)
        }
        while !waiting.isEmpty {
            let batch = waiting.prefix(DescriptorPassing.limitPerMessage)
            for connection in batch { dataOutbound.appendRelayConnection(connection.number) }
            let numbers = batch.map(\.descriptor)
            let result = numbers.withUnsafeBufferPointer {
                DescriptorPassing.send(dataOutbound.readable, with: $0, over: data.raw)
            }
            guard case .bytes(let count) = result else {
                dataOutbound.removeAll()
                return false
            }
            // The kernel takes a message of this size whole or not at all; were it ever to cut one, the
            // descriptors would be across with its first byte, and only the rest of the bytes would follow.
            dataOutbound.consume(count)
            for number in numbers { _ = Descriptor(owning: number) }
            waiting.removeFirst(numbers.count)
            if !dataOutbound.isEmpty { return false }
        }
        return true
    }
}
