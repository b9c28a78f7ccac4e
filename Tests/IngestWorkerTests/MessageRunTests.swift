import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import TestSupport
import Testing
import WebSocketWire

@testable import IngestWorker

/// Messages that are taken in a run are as if each had been received alone.
@Suite struct MessageRunTests {
    /// One connection of a worker, and what its messages made of it.
    private final class Bench {
        var intake = SampleIntake(seed: 7)
        var connection: VisitorConnection
        let page: SharedPage
        let counters: CountersPage
        var outcomes: [String] = []

        init(_ subprotocol: WebSocketSubprotocol) throws {
            let pair = try SocketPair()
            connection = VisitorConnection(stream: ByteStream(pair.first), number: 99, nowSeconds: 0)
            connection.socket = WebSocketConnection(role: .server, accepting: subprotocol.kinds)
            connection.codec = ConnectionCodec(subprotocol)
            page = try SharedPage(name: "test")
            counters = CountersPage(memory: page.memory)
            guard subprotocol == .pointerscope1 else { return }
            connection.wire = WireSpeaker(sinceSeconds: 0)
            guard let visitor = connection.wire?.contents else { return }
            visitor.pointee.state = [UInt8(ascii: "u")].withUnsafeBytes { WireV1State(id: $0) }
            visitor.pointee.isKnown = true
            visitor.pointee.slot = 3
        }

        func receive(_ message: [UInt8], _ kind: MessageKind) {
            let unfoldable = intake.queue.unfoldableBytes
            let outcome = message.withUnsafeBytes {
                intake.receive(
                    $0, kind, from: &connection, index: 5, receivedNanoseconds: 77, counters: counters)
            }
            if intake.queue.unfoldableBytes > unfoldable { connection.bringsUnfoldable = true }
            note(outcome)
        }

        /// Takes all frames there are; returns how many messages were taken.
        func takeAll(_ frames: [UInt8], slack: Int = MaskedText.slack) -> UInt64 {
            var taken: UInt64 = 0
            // Not a byte more than is readable, so that a sanitizer sees whoever reads on.
            let memory = UnsafeMutableRawBufferPointer.allocate(
                byteCount: frames.count + slack, alignment: 1)
            defer { memory.deallocate() }
            memory.copyBytes(from: frames + (0..<slack).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            var rest = UnsafeMutableRawBufferPointer(rebasing: memory[..<frames.count])
            while true {
                let end = intake.takeRunAndMessages(
                    &rest, slack: slack, from: &connection, index: 5, receivedNanoseconds: 77,
                    counters: counters, taken: &taken)
                switch end {
                case .outcome(let outcome): note(outcome)
                case .greeting: Issue.record("nobody is to be greeted")
                case .other:
                    #expect(rest.isEmpty)
                    return taken
                }
            }
        }

        /// What is not plain acceptance.
        private func note(_ outcome: SampleIntake.Outcome) {
            switch outcome {
            case .accepted: break
            case .noted(let notes, let isCorrection): outcomes.append("\(notes) \(isCorrection)")
            case .refused(let code, let reason): outcomes.append("\(code) \(reason)")
            }
        }

        var state: [String] {
            [
                "\(Array(intake.queue.readable))", "\(counters.value(.eventsReceived))",
                "\(connection.bringsUnfoldable)", "\(connection.speakers)", "\(outcomes)",
                "\(String(describing: connection.wire?.contents.pointee.state))",
            ]
        }
    }

    private func frame(_ message: [UInt8], _ opcode: UInt8, _ random: inout SplitMix64) -> [UInt8] {
        let key = (0..<4).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let length: [UInt8] =
            message.count < 126
            ? [0x80 | UInt8(message.count)] : [0xFE, UInt8(message.count >> 8), UInt8(message.count & 0xFF)]
        return [0x80 | opcode] + length + key + message.enumerated().map { $1 ^ key[$0 & 3] }
    }

    private func json(_ random: inout SplitMix64) -> String {
        func sample() -> String {
            let id = random.once(in: 4) ? "v\(random.below(4))" : "ann"
            let more = random.pick(["", "", "", #","k":"click""#, #","p":"/a""#, #","t":5"#, #","n":"Bo""#])
            return #"{"id":"\#(id)","x":\#(random.below(2000)),"y":\#(random.below(9)).25\#(more)}"#
        }
        switch random.below(8) {
        case 0: return "[" + (0..<random.below(4)).map { _ in sample() }.joined(separator: ",") + "]"
        case 1: return String(sample().dropLast(random.below(3)))
        default: return sample()
        }
    }

    @Test func runsOfJSON() throws {
        var random = SplitMix64(seed: 0x6A736F6E)
        for _ in 0..<300 {
            let (run, alone) = try (Bench(.json), Bench(.json))
            for _ in 0..<4 {
                let messages = (0..<random.below(12)).map { _ in Array(json(&random).utf8) }
                let frames = messages.flatMap { frame($0, 1, &random) }
                #expect(run.takeAll(frames) == UInt64(messages.count))
                for message in messages { alone.receive(message, .text) }
                #expect(run.state == alone.state)
                guard random.once(in: 2) else { continue }
                for bench in [run, alone] { bench.intake.queue.wrote(bench.intake.queue.count) }
            }
        }
    }

    @Test func runsOfWireV1() throws {
        var random = SplitMix64(seed: 0x77697265)
        var number: UInt8 = 0
        var body: [UInt8] = [3, 0xA0, 0x1F] + [UInt8](repeating: 9, count: 8)
        body += [0, 1, UInt8(ascii: "/"), 2, 4, 0, 0, 10, 10, 20, 20, 100, 1]
        let hello = [0, 1, UInt8(body.count)] + body
        for _ in 0..<300 {
            let (run, alone) = try (Bench(.pointerscope1), Bench(.pointerscope1))
            number = 0
            var isFirst = true
            for _ in 0..<4 {
                var messages: [[UInt8]] = []
                for _ in 0..<random.below(12) {
                    if isFirst {
                        messages.append(hello)
                        isFirst = false
                        continue
                    }
                    // Now and then one is missing, or comes twice.
                    number &+= random.once(in: 20) ? UInt8(random.below(3)) : 1
                    var message = [number]
                    for _ in 0..<(1 + random.below(5)) {
                        switch random.below(12) {
                        case 0: message += [3, 1, 2, 4, 1]
                        case 1: message += [7, 1, 0, 20]
                        case 2: message += [0x0E, 2, UInt8(ascii: "B"), UInt8(ascii: "o")]
                        default:
                            message += [
                                0x80 | UInt8(truncatingIfNeeded: random.next()),
                                UInt8(truncatingIfNeeded: random.next()),
                            ]
                        }
                    }
                    if random.once(in: 20) { message.removeLast() }
                    messages.append(message)
                }
                let frames = messages.flatMap { frame($0, 2, &random) }
                #expect(run.takeAll(frames) == UInt64(messages.count))
                for message in messages { alone.receive(message, .binary) }
                #expect(run.state == alone.state)
            }
        }
    }
}
