import ByteCore
import Glibc
import PointerEvents
import PosixIO
import RelayWire
import TestSupport
import Testing

@testable import RelayChannels

/// The master's ends of a worker's channels, given to a successor in the middle of everything.
@Suite struct CarryingTests {
    /// What a worker writes: a hello, somebody who joins, two samples, a leave.
    private func bytes() -> [UInt8] {
        var queue = RelayQueue()
        let id = Array("ann".utf8)
        id.withUnsafeBytes { queue.appendJoin(slot: 3, connection: 7, receivedNanoseconds: 1, id: $0) }
        var sample = PointerSample()
        sample.slot = 3
        for x in [1.0, 2.0] {
            sample.x = x
            queue.append(sample)
        }
        queue.appendLeave(slot: 3, connection: 7)
        return Array(queue.readable)
    }

    private func words(of channel: inout DataChannel) throws -> [String] {
        var words: [String] = []
        try channel.takeRecords { record in
            switch record {
            case .hello: words.append("hello")
            case .join(let join): words.append("join \(join.slot)")
            case .sample(let sample): words.append("sample \(sample.pointee.x)")
            case .leave(let slot, _, _): words.append("leave \(slot)")
            default: words.append("other")
            }
        }
        return words
    }

    @Test func whatAWorkerWritesArrivesWhereverTheMasterIsReplaced() throws {
        let all = bytes()
        let expected = ["hello", "join 3", "sample 1.0", "sample 2.0", "leave 3"]
        for cut in 0...all.count {
            let pair = try SocketPair()
            let worker = ByteStream(pair.second)
            func send(_ bytes: ArraySlice<UInt8>) {
                guard !bytes.isEmpty else { return }
                let result = Array(bytes).withUnsafeBytes { worker.write($0) }
                guard result == .bytes(bytes.count) else { fatalError("a socket takes so little") }
            }
            var words: [String] = []
            let record: CarriedDataChannel
            do {
                let copy = try pair.first.duplicated()
                var channel = DataChannel(copy, from: .worker, readBytes: 4096)
                send(all[..<cut])
                _ = channel.read(minimum: 4096)
                words += try self.words(of: &channel)
                record = channel.carried
                #expect(faultOfReading(record) == nil)
            }
            var carried = try #require(handedOver(record))
            carried.socket = pair.first.release()
            var next = DataChannel(carried, readBytes: 4096)
            send(all[cut...])
            _ = next.read(minimum: 4096)
            words += try self.words(of: &next)
            #expect(words == expected, "cut at \(cut)")
            let left = next.carried.outbound
            #expect(left.count == 16, "the hello that was not written yet")
        }
    }

    @Test func aControlChannelGoesOn() throws {
        let pair = try SocketPair()
        let poller = try Poller()
        var worker = ControlChannel(pair.second, from: .master)
        var master = ControlChannel(pair.first, from: .worker)
        worker.send(.ready(capacity: 9))
        try flush(&worker, poller)
        try expect(&master, [.hello, .ready(capacity: 9)], poller)
        master.send(.ping(sequence: 4))
        let record = master.carried
        #expect(faultOfReading(record) == nil)
        var carried = try #require(handedOver(record))
        carried.socket = fcntl(record.socket, F_DUPFD_CLOEXEC, 3)
        var next = ControlChannel(carried)
        worker.send(.pong(sequence: 4))
        try flush(&worker, poller)
        // A hello that is out of place would end it.
        try expect(&next, [.pong(sequence: 4)], poller)
        try flush(&next, poller)
        try expect(&worker, [.hello, .ping(sequence: 4)], poller)
    }

    private func flush(_ channel: inout ControlChannel, _ poller: borrowing Poller) throws {
        let isOpen = channel.flush(poller)
        try #require(isOpen)
    }

    private func expect(
        _ channel: inout ControlChannel, _ expected: [ControlRecord], _ poller: borrowing Poller
    ) throws {
        let records = channel.receive(poller)
        try #require(records == expected)
    }

    @Test func tablesThatCannotBeAreRefused() throws {
        var record = CarriedDataChannel()
        #expect(handedOver(record) == nil, "a reader has tables")
        let pair = try SocketPair()
        let channel = DataChannel(pair.first, from: .worker, readBytes: 64)
        record = channel.carried
        #expect(handedOver(record) != nil)
        record.socket = -1
        #expect(handedOver(record) == nil)
    }
}
