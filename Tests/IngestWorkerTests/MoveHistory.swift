import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import TestSupport

@testable import ClusterSupervisor
@testable import IngestWorker

/// Visitors of every kind who say what they have to in pieces of any size while their connections go from
/// worker to worker; what arrives must be what they said, in order, and nobody comes or leaves in between.
final class MoveHistory {
    /// Somebody who speaks, and what they have yet to say.
    final class Talker {
        let visitor: Visitor
        let page: WirePage?
        let ids: [String]
        /// Bytes that were not sent yet.
        var unsaid: [UInt8] = []
        /// The x of each id's samples.
        var expected: [String: [Double]] = [:]
        var next = 1
        /// How often it asks whether somebody is there.
        var pings = 0
        private var heard: [UInt8] = []
        private var pongs = 0

        init(visitor: Visitor, page: WirePage? = nil, ids: [String]) {
            self.visitor = visitor
            self.page = page
            self.ids = ids
        }

        /// Reads what it is told; how many answers to its pings were among all that.
        @discardableResult
        func hear() -> Int {
            if let page {
                pongs += ((try? page.hears()) ?? []).count { $0 == "frame 10" }
                return pongs
            }
            heard += visitor.hear()
            if heard.starts(with: Array("HTTP".utf8)) {
                guard let end = heard.firstRange(of: Array("\r\n\r\n".utf8)) else { return pongs }
                heard.removeFirst(end.upperBound)
            }
            while heard.count >= 2, heard.count >= 2 + Int(heard[1]) {
                if heard[0] == 0x8A { pongs += 1 }
                heard.removeFirst(2 + Int(heard[1]))
            }
            return pongs
        }
    }

    let bench: MoveBench
    /// Whether workers die, stop and come, and not only hand connections over.
    let isEventful: Bool
    private(set) var talkers: [Talker] = []
    var deathsLeft = 3
    /// The place of the worker that the master does not listen to for a while: its channel fills.
    var unread: Int?

    init(seed: UInt64, fault: ClusterFault? = nil, handoverFault: HandoverFault? = nil) throws {
        var random = SplitMix64(seed: ~seed)
        isEventful = random.once(in: 2)
        var setup = MoveBench.Setup(fault: fault, handoverFault: handoverFault)
        setup.channelBytes = random.pick([nil, 4_608, 4_608, 16_384])
        setup.visitorBytes = random.pick([nil, 4_608])
        if isEventful { setup.capacity = random.pick([1_000, 2, 4]) }
        bench = try MoveBench(seats: 3, seed: seed, setup)
    }

    // MARK: Coming

    func comeJSON(_ name: String, deflates: Bool = false) throws {
        var handshake = String(decoding: Visitor.handshake, as: UTF8.self)
        if deflates {
            let offer =
                "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n\r\n"
            handshake = String(handshake.dropLast(1)) + offer
        }
        let visitor = try bench.connect(saying: Array(handshake.utf8))
        let ids = (0..<(1 + bench.random.below(3))).map { "\(name)-\($0)-é漢" }
        let talker = Talker(visitor: visitor, ids: ids)
        for _ in 0..<(20 + bench.random.below(30)) { sayJSON(talker, deflates: deflates) }
        talkers.append(talker)
    }

    func comeWire(_ instance: UInt64) throws {
        let visitor = try bench.connect(saying: WirePage.handshake())
        let page = WirePage(visitor)
        page.hello(instance: instance, at: nil)
        visitor.say(frame(page.lastMessage, 0x82))
        bench.settle()
        _ = try page.hears()
        let talker = Talker(visitor: visitor, page: page, ids: [page.id])
        // It is there with a sample at its hello.
        talker.expected[page.id] = [0]
        var x: Int32 = 0
        for _ in 0..<(20 + bench.random.below(30)) {
            let count = 1 + bench.random.below(4)
            page.message { buffer, encoder, time in
                for step in 0..<count {
                    x += Int32(bench.random.below(90))
                    encoder.appendMove(x: x, y: 3, at: time + Int64(step * 16), to: &buffer)
                    talker.expected[page.id, default: []].append(Double(x))
                }
            }
            talker.unsaid += inFragments(page.lastMessage, 2, talker)
        }
        talkers.append(talker)
    }

    /// Somebody whose handshake is cut like all the rest.
    func comeLate() {
        guard let visitor = try? bench.call(), bench.isIn(visitor) else { return }
        let talker = Talker(visitor: visitor, ids: ["late-\(visitor.number)"])
        talker.unsaid = Visitor.handshake
        for _ in 0..<5 { sayJSON(talker, deflates: false) }
        talkers.append(talker)
    }

    private func sayJSON(_ talker: Talker, deflates: Bool) {
        var objects: [String] = []
        for _ in 0..<(1 + bench.random.below(3)) {
            let id = bench.random.pick(talker.ids)
            let page = bench.random.once(in: 4) ? #","p":"/seite-ü""# : ""
            objects.append(#"{"id":"\#(id)","x":\#(talker.next),"y":0\#(page)}"#)
            talker.expected[id, default: []].append(Double(talker.next))
            talker.next += 1
        }
        let text = objects.count == 1 ? objects[0] : "[\(objects.joined(separator: ","))]"
        let bytes = Array(text.utf8)
        if bench.random.once(in: 6) {
            for _ in 0..<10 { talker.unsaid += frame([UInt8](repeating: 63, count: 120), 0x89) }
            talker.pings += 10
        }
        if deflates, bench.random.once(in: 2) {
            // One stored block (RFC 1951 section 3.2.4), and what is left of the empty one behind it.
            let length = UInt16(bytes.count)
            let (low, high) = (UInt8(length & 255), UInt8(length >> 8))
            let deflated = [0, low, high, ~low, ~high] + bytes + [0]
            talker.unsaid += inFragments(deflated, 1, talker, isDeflated: true)
        } else {
            talker.unsaid += inFragments(bytes, 1, talker)
        }
    }

    /// A message in one frame or several, at times with a ping in between.
    private func inFragments(
        _ payload: [UInt8], _ opcode: UInt8, _ talker: Talker, isDeflated: Bool = false
    ) -> [UInt8] {
        var frames: [UInt8] = []
        var rest = payload[...]
        var first = opcode | (isDeflated ? 0x40 : 0)
        while bench.random.once(in: 3), rest.count > 1 {
            let count = 1 + bench.random.below(rest.count - 1)
            frames += frame(Array(rest.prefix(count)), first)
            rest = rest.dropFirst(count)
            first = 0
            guard bench.random.once(in: 3) else { continue }
            frames += frame(Array("?".utf8), 0x89)
            talker.pings += 1
        }
        return frames + frame(Array(rest), first | 0x80)
    }

    private func frame(_ payload: [UInt8], _ first: UInt8) -> [UInt8] {
        let key = (0..<4).map { _ in UInt8(bench.random.below(256)) }
        let masked = payload.enumerated().map { $1 ^ key[$0 & 3] }
        if payload.count < 126 { return [first, 0x80 | UInt8(payload.count)] + key + masked }
        return [first, 0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 255)] + key + masked
    }
}
