import PosixIO
import Telemetry
import TestSupport
import Testing

@testable import IngestWorker

/// What a worker keeps for its peers, and who goes where it is too much.
@Suite struct HeldBytesTests {
    @Test(arguments: 1...4)
    func agreesWithAList(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var connections = Slab<VisitorConnection>()
        for number in 0..<50 {
            let stream = ByteStream(try SocketPair().first.duplicated())
            _ = connections.insert(VisitorConnection(stream: stream, number: UInt64(number), nowSeconds: 0))
        }
        var held = HeldBytes()
        var model: [(index: UInt32, bytes: Int)] = []
        for _ in 0..<5000 {
            let index = UInt32(random.below(50))
            let bytes = random.below(3) == 0 ? 0 : Int(random.below(70_000))
            let isFresh = random.below(4) == 0
            held.set(index, to: bytes, isFresh: isFresh, in: connections)
            if let place = model.firstIndex(where: { $0.index == index }) {
                model[place].bytes = bytes
                if bytes == 0 || isFresh { model.remove(at: place) }
            }
            if bytes > 0, !model.contains(where: { $0.index == index }) { model.append((index, bytes)) }
            #expect(held.total == model.reduce(0) { $0 + $1.bytes })
            #expect(held.oldest == model.first?.index ?? HeldBytes.none)
        }
    }

    private static let half = Array(Visitor.frame([UInt8](repeating: 0x20, count: 65_000)).prefix(64_000))

    @Test func whoIsUnfinishedForLongestMakesRoom() throws {
        let bench = try WorkerBench()
        // Its rest is there, unread, when its turn comes.
        let honest = try bench.connect()
        let message = Visitor.samples(of: "honest", "click", from: 0, count: 1000)
        honest.say(Array(message.prefix(20_000)))
        bench.settle()
        var crowd: [Visitor] = []
        var rest = Array(message.dropFirst(20_000))
        for number in 0..<200 {
            crowd.append(try bench.connect())
            let isFull = bench.worker.held.total + 65_536 > WorkerLimits.heldBytes
            crowd[number].say(Self.half)
            if isFull {
                honest.say(rest)
                rest = []
            }
            bench.settle()
            #expect(bench.worker.held.total <= WorkerLimits.heldBytes)
        }
        let refused = crowd.filter { $0.hearClose() == 1013 }.map(\.number)
        #expect(refused.count == 200 - WorkerLimits.heldBytes / 65_536)
        #expect(rest.isEmpty && honest.hearClose() == nil)
        #expect(refused == crowd.prefix(refused.count).map(\.number))
        #expect(bench.counters.value(.memoryRefused) == UInt64(refused.count))
        #expect(bench.counters.value(.messagesRefused1013) == UInt64(refused.count))
        bench.masterReads(200_000)
        #expect(bench.heard["honest"] == (0..<1000).map(Double.init))
        // Who stayed goes on as if nothing had been.
        let last = crowd[199]
        last.say(Array(Visitor.frame([UInt8](repeating: 0x20, count: 65_000)).dropFirst(64_000)))
        bench.settle()
        #expect(last.hearClose() == 1007)
    }

    @Test func fragmentsHeadsAndUnreadAnswersCountAsWell() throws {
        let bench = try WorkerBench()
        let fragments = try bench.connect()
        fragments.say(Visitor.frame([UInt8](repeating: 0x20, count: 3000), isFinal: false))
        bench.settle()
        #expect(bench.worker.held.total >= 3000)
        let head = try bench.call()
        head.say(Array("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 4000))".utf8))
        bench.settle()
        #expect(bench.worker.held.total >= 7000)
        let deaf = try bench.connect()
        for _ in 0..<100_000 where !bench.hasUnread(deaf) {
            deaf.say(Visitor.frame([UInt8](repeating: 0x20, count: 125), opcode: 9))
            bench.settle()
        }
        #expect(bench.worker.held.total >= 7100)
        var crowd: [Visitor] = []
        for number in 0..<(WorkerLimits.heldBytes / 65_536 + 1) {
            crowd.append(try bench.connect())
            crowd[number].say(Self.half)
            bench.settle()
        }
        #expect(fragments.hearClose() == 1013)
        #expect(String(decoding: head.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 503 "))
        #expect(bench.connection(of: deaf) == nil)
        #expect(bench.counters.value(.memoryRefused) >= 3)
        #expect(bench.counters.value(.memoryRefused1013) == bench.counters.value(.messagesRefused1013))
        crowd = []
        bench.settle()
        bench.pass(seconds: 5)
        #expect(bench.worker.held.total == 0)
    }

    /// Where there is too much in the middle of a read, who is being read may be the one to be read again.
    @Test func whoIsReadWhileRoomIsMadeIsReadOnce() throws {
        let bench = try WorkerBench()
        let poster = try bench.call()
        let samples = (0..<100).map { #"{"id":"poster","x":\#($0),"y":0}"# }.joined(separator: ",")
        let head =
            "POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
            + "Content-Length: \(samples.utf8.count + 2)\r\n\r\n"
        poster.say(Array(head.utf8.prefix(40)))
        bench.settle()
        // Others leave less room than the body takes.
        var crowd: [Visitor] = []
        let sizes = [Int](repeating: 16, count: WorkerLimits.heldBytes / 65_536 - 1) + [15, 14, 13, 12, 11]
        for size in sizes {
            crowd.append(try bench.connect())
            crowd[crowd.count - 1].say(Array(Self.half.prefix((1 << size) - 1000)))
            bench.settle()
        }
        #expect(bench.worker.held.oldest == bench.token(of: poster)?.index)
        #expect(WorkerLimits.heldBytes - bench.worker.held.total < 2048)
        poster.say(Array(head.utf8.dropFirst(40)) + Array("[\(samples)]".utf8) + Visitor.handshake)
        poster.say(Visitor.samples(of: "socket", "click", from: 0, count: 10))
        bench.settle()
        let heard = String(decoding: poster.hear(), as: UTF8.self)
        #expect(heard.hasPrefix("HTTP/1.1 20") && heard.contains("HTTP/1.1 101 "))
        #expect(bench.connection(of: poster)?.pointee.phase == .open)
        #expect(bench.counters.value(.memoryRefused) == 0)
        bench.masterReads(200_000)
        #expect(bench.heard["poster"] == (0..<100).map(Double.init))
        #expect(bench.heard["socket"] == (0..<10).map(Double.init))
    }

    @Test func whatACrowdTookIsGivenBack() throws {
        let bench = try WorkerBench()
        let before = bench.worker.usedBytes
        var crowd: [Visitor] = []
        for number in 0..<600 {
            crowd.append(try bench.connect())
            let many = (0..<16).map { #"{"id":"v\#(number)-\#($0)","x":0,"y":0}"# }.joined(separator: ",")
            crowd[number].say(Visitor.frame(Array("[\(many)]".utf8)))
            bench.settle()
            bench.masterReads(65_536)
        }
        #expect(bench.worker.usedBytes > before + 600_000)
        // Somebody stays who came late.
        crowd = [crowd[500]]
        bench.settle()
        bench.pass(seconds: 1)
        #expect(bench.worker.connections.count == 1)
        #expect(bench.worker.usedBytes <= before + 300_000)
    }

    @Test func theHeapIsTrimmedSeldomAndForMuch() {
        var trimmer = HeapTrimmer()
        let much = WorkerLimits.trimmedBytes
        let later = 1 + WorkerLimits.trimIntervalSeconds
        var due: [Bool] = []
        for (peak, now, second) in [(much, 1, 0), (much + 1, 1, 1), (0, 0, 1), (2 * much, 0, 2)] {
            trimmer.note(peak)
            due.append(trimmer.isDue(now, nowSeconds: Int64(second)))
        }
        due.append(trimmer.isDue(0, nowSeconds: later))
        due.append(trimmer.isDue(0, nowSeconds: 100))
        #expect(due == [false, true, false, false, true, false])
    }
}
