import Glibc
import PosixIO
import Testing
import WebSocketWire

@testable import LoadGenerator

@Suite struct PacedSenderTests {
    private func parsed(_ message: TestIngestServer.Message) -> (visitor: Int, sequence: Int, due: Int)? {
        let text = String(decoding: message.bytes, as: UTF8.self)
        let pattern = /\{"id":"v(\d+)","x":(\d+),"y":(\d+)\}/
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        return (Int(match.1)!, Int(match.2)!, Int(match.3)!)
    }

    /// A sender of 4 visitors at 1,000/s whose links are open, and the server they lead to.
    private func withOpenSender(
        _ body: (inout PacedSender, inout TestIngestServer, borrowing Poller) throws -> Void
    ) throws {
        var server = try TestIngestServer()
        let poller = try Poller()
        var sender = PacedSender(schedule: PaceSchedule(visitorCount: 4, perSecond: 1000), seed: 1)
        while try sender.connectNext(to: server.listener.address, poller: poller) {}
        let deadline = MonotonicClock.now() + 20_000_000_000
        while !sender.areAllOpen, MonotonicClock.now() < deadline {
            try server.step(timeoutMilliseconds: 1)
            for index in 0..<(try poller.wait(timeoutNanoseconds: 1_000_000)) {
                try sender.ready(poller.event(at: index), now: 0, poller: poller)
            }
        }
        let areAllOpen = sender.areAllOpen
        try #require(areAllOpen)
        try body(&sender, &server, poller)
    }

    /// Makes this process's sockets that lead to `port` on loopback hold little: the kernel would let them
    /// grow to megabytes.
    private func shrinkSendBuffers(towards port: UInt16) {
        for socket in Int32(3)..<1024 {
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutableBytes(of: &peer) {
                getpeername(socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
            }
            guard result == 0, peer.sin_family == AF_INET, UInt16(bigEndian: peer.sin_port) == port else {
                continue
            }
            try? setSocketOption(socket, SOL_SOCKET, SO_SNDBUF, 4096)
        }
    }

    @Test func samplesCarryTheTimeTheyWereDueNotTheTimeTheyWent() throws {
        try withOpenSender { sender, server, poller in
            let begin: Int64 = 1_000_000_000
            sender.began(at: begin)
            try sender.sendDue(now: begin, limit: 100, poller: poller)
            #expect(sender.sentCount == 1)
            // The sender slept; what fell due meanwhile goes out now and says when it should have.
            try sender.sendDue(now: begin + 9_500_000, limit: 100, poller: poller)
            #expect(sender.sentCount == 10)
            #expect(sender.nextDueNanoseconds == begin + 10_000_000)
            try sender.sendDue(now: begin + 3_600_000_000_000, limit: 100, poller: poller)
            #expect(sender.sentCount == 100)
            #expect(sender.backlogBytes == 0)
            try server.serve("all samples arrive") { $0.messages.count == 100 }
            for message in server.messages {
                let sample = try #require(parsed(message))
                let index = (sample.sequence - 1) * 4 + sample.visitor
                #expect(sample.due == index * 1000)
            }
            for visitor in 0..<4 {
                let own = server.messages.compactMap { parsed($0) }.filter { $0.visitor == visitor }
                #expect(own.map(\.sequence) == Array(1...25))
                #expect(sender.sentCount(of: visitor) == 25)
            }
            #expect(sender.lag.count == 100)
            #expect(sender.lag.maximumNanoseconds > 3_599_000_000_000)
        }
    }

    @Test func aSocketThatTakesNothingKeepsItsPlaceInTheSchedule() throws {
        try withOpenSender { sender, server, poller in
            sender.began(at: 0)
            shrinkSendBuffers(towards: server.listener.address.port)
            // Nobody reads: the kernel's buffers fill, and what is due waits as a number, not as bytes.
            let count: Int64 = 1_000_000
            try sender.sendDue(now: .max / 2, limit: count, poller: poller)
            #expect(sender.sentCount < count)
            #expect(sender.backlogBytes <= 4 * (LoadLimits.laneBytes + 128))
            let deadline = MonotonicClock.now() + 20_000_000_000
            let before = sender.sentCount
            while sender.sentCount < before + 1000, MonotonicClock.now() < deadline {
                try server.step(timeoutMilliseconds: 0)
                for index in 0..<(try poller.wait(timeoutNanoseconds: 1_000_000)) {
                    try sender.ready(poller.event(at: index), now: .max / 2, poller: poller)
                }
            }
            // Room again: it goes on where it stood, in order.
            #expect(sender.sentCount >= before + 1000)
            var newest = [0, 0, 0, 0]
            for message in server.messages {
                let sample = try #require(parsed(message))
                #expect(sample.sequence == newest[sample.visitor] + 1)
                newest[sample.visitor] = sample.sequence
            }
        }
    }

    @Test func aVisitorWhoIsThrownOutIsCounted() throws {
        try withOpenSender { sender, server, poller in
            server.dropEveryone()
            let deadline = MonotonicClock.now() + 20_000_000_000
            while sender.endedCount < 4, MonotonicClock.now() < deadline {
                for index in 0..<(try poller.wait(timeoutNanoseconds: 1_000_000)) {
                    try sender.ready(poller.event(at: index), now: 0, poller: poller)
                }
            }
            #expect(sender.endedCount == 4)
            #expect(sender.firstEnding == .closed(.abnormal))
            sender.began(at: 0)
            try sender.sendDue(now: 1_000_000_000, limit: 100, poller: poller)
            #expect(sender.sentCount == 0)
        }
    }
}
