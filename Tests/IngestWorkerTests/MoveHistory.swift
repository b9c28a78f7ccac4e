import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import TestSupport

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

        init(visitor: Visitor, page: WirePage? = nil, ids: [String]) {
            self.visitor = visitor
            self.page = page
            self.ids = ids
        }
    }

    let bench: MoveBench
    private(set) var talkers: [Talker] = []

    init(seed: UInt64, seats: Int = 3) throws {
        bench = try MoveBench(seats: seats, seed: seed)
    }

    // MARK: Coming

    func comeJSON(_ name: String, deflates: Bool = false) throws {
        var handshake = String(decoding: Visitor.handshake, as: UTF8.self)
        if deflates {
            let offer =
                "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n\r\n"
            handshake = String(handshake.dropLast(1)) + offer
        }
        let seat = bench.random.pick(bench.seats)
        let visitor = try bench.connect(seat, saying: Array(handshake.utf8))
        let ids = (0..<(1 + bench.random.below(3))).map { "\(name)-\($0)-é漢" }
        let talker = Talker(visitor: visitor, ids: ids)
        for _ in 0..<(20 + bench.random.below(30)) { sayJSON(talker, deflates: deflates) }
        talkers.append(talker)
    }

    func comeWire(_ instance: UInt64) throws {
        let seat = bench.random.pick(bench.seats)
        let visitor = try bench.connect(seat, saying: WirePage.handshake())
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
            talker.unsaid += inFragments(page.lastMessage, 2)
        }
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
        if deflates, bench.random.once(in: 2) {
            // One stored block (RFC 1951 section 3.2.4), and what is left of the empty one behind it.
            let length = UInt16(bytes.count)
            let (low, high) = (UInt8(length & 255), UInt8(length >> 8))
            talker.unsaid += inFragments([0, low, high, ~low, ~high] + bytes + [0], 1, isDeflated: true)
        } else {
            talker.unsaid += inFragments(bytes, 1)
        }
    }

    /// A message in one frame or several, at times with a ping in between.
    private func inFragments(_ payload: [UInt8], _ opcode: UInt8, isDeflated: Bool = false) -> [UInt8] {
        var frames: [UInt8] = []
        var rest = payload[...]
        var first = opcode | (isDeflated ? 0x40 : 0)
        while bench.random.once(in: 3), rest.count > 1 {
            let count = 1 + bench.random.below(rest.count - 1)
            frames += frame(Array(rest.prefix(count)), first)
            rest = rest.dropFirst(count)
            first = 0
            if bench.random.once(in: 3) { frames += frame(Array("?".utf8), 0x89) }
        }
        return frames + frame(Array(rest), first | 0x80)
    }

    private func frame(_ payload: [UInt8], _ first: UInt8) -> [UInt8] {
        let key = (0..<4).map { _ in UInt8(bench.random.below(256)) }
        let masked = payload.enumerated().map { $1 ^ key[$0 & 3] }
        if payload.count < 126 { return [first, 0x80 | UInt8(payload.count)] + key + masked }
        return [first, 0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 255)] + key + masked
    }

    // MARK: Living

    /// Something happens: somebody speaks, connections move, or one of them works.
    func step() {
        switch bench.random.below(12) {
        case 0..<6: speak(bench.random.pick(talkers))
        case 6: bench.random.pick(bench.seats).order(.move(count: UInt32(1 + bench.random.below(3))))
        case 7..<9: bench.masterReads(bench.random.pick(bench.seats))
        default:
            bench.now += Int64(bench.random.below(3)) * 1_000_000
            bench.random.pick(bench.seats).turn(at: bench.now)
        }
    }

    /// Sends some bytes, cut anywhere.
    func speak(_ talker: Talker, all: Bool = false) {
        guard !talker.unsaid.isEmpty else { return }
        let most = all ? talker.unsaid.count : 1 + bench.random.below(120)
        talker.visitor.say(Array(talker.unsaid.prefix(most)))
        talker.unsaid.removeFirst(min(most, talker.unsaid.count))
        if bench.random.once(in: 5) { _ = talker.visitor.hear() }
    }

    /// Says all that is left, and lets everybody come to an end.
    func finish() {
        while talkers.contains(where: { !$0.unsaid.isEmpty }) {
            for talker in talkers { speak(talker) }
            step()
        }
        bench.settle()
    }

    /// What is not as it was said; nil where all is.
    func difference() -> String? {
        if let complaint = bench.complaint { return complaint }
        for talker in talkers {
            for (id, expected) in talker.expected where bench.heard[id] ?? [] != expected {
                return "\(id) said \(expected), and was heard to say \(bench.heard[id] ?? [])"
            }
        }
        let come = talkers.flatMap { talker in
            talker.page == nil ? talker.expected.keys.sorted() : talker.ids
        }
        let expected = come.map { "\($0) comes" }.sorted()
        return bench.seen.sorted() == expected ? nil : "seen: \(bench.seen.sorted()), not \(expected)"
    }

    /// Everybody hangs up; nil where each of them has left once.
    func differenceAtTheEnd() -> String? {
        let before = bench.seen.count
        for talker in talkers { talker.visitor.hangUp() }
        bench.settle()
        let left = bench.seen[before...].sorted()
        let expected = talkers.flatMap { $0.page == nil ? $0.expected.keys.sorted() : $0.ids }
        return left == expected.map { "\($0) leaves" }.sorted() ? nil : "left: \(left)"
    }
}
