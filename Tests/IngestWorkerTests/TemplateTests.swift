import ByteCore
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import TestSupport
import Testing
import WebSocketWire

@testable import IngestWorker

/// Messages that are held against the last one of their connection come out as if they were not.
@Suite struct TemplateTests {
    /// What one message makes of an intake that has had another before.
    private struct Made: Equatable {
        var queued: [UInt8]
        var received: UInt64
        var refusal: String?
    }

    /// A message, 77 ns late, masked with `key`; behind it `slack` bytes that are none of it.
    private func made(_ message: [UInt8], after first: [UInt8], key: UInt32, slack: Int) throws -> Made {
        let bench = try TemplateBench()
        bench.take(first, key: 0x1234_5678, slack: slack)
        bench.take(message, key: key, slack: slack)
        return Made(
            queued: Array(bench.intake.queue.readable), received: bench.counters.value(.eventsReceived),
            refusal: bench.refusal)
    }

    /// Whether it comes out the same where nothing is held against anything: near the end of what is
    /// readable.
    private func isSame(_ message: [UInt8], after first: [UInt8], key: UInt32) throws -> Bool {
        try made(message, after: first, key: key, slack: MaskedText.slack)
            == made(message, after: first, key: key, slack: 0)
    }

    static let messages = [
        #"{"id":"user123","x":812,"y":433}"#,
        #"{"id":"abc-000017","x": 812.000123,"y":   4.0001250000}"#,
        #"{"id":"u","x":-1.5,"y":1234567}"#,
        #"{"id":"zoë","x":812.3333740234375,"y":0}"#,
        #"{"y":1,"x":2,"id":"user123"}"#,
        #"{ "id" : "user123" , "x" : 8 , "y" : 9 } "#,
        #"{"id":"user123","x":1,"y":2,"t":1732109508123,"k":"move","b":1,"w":1280,"h":720,"p":"/a b"}"#,
        #"{"id":"u","x":1.5,"y":2,"k":"scroll","sx":0,"sy":120.5,"dw":1280,"dh":5000,"pt":"touch"}"#,
        #"{"id":"user123","x":1,"y":2,"p":""}"#,
    ]

    @Test(arguments: messages)
    func likeOnesAreTakenByTheTemplate(_ text: String) throws {
        let bench = try TemplateBench()
        let message = Array(text.utf8)
        bench.take(message, key: 1, slack: MaskedText.slack)
        #expect(bench.connection.template != TemplatePool.none, "\(text)")
        #expect(bench.takeAlike(message, key: 0xDEAD_BEEF), "\(text)")
        #expect(bench.takeAlike(message, key: 0), "\(text)")
        #expect(bench.counters.value(.eventsReceived) == 3)
    }

    @Test func whatIsNotLikeItIsNot() throws {
        let first = Array(#"{"id":"user123","x":812,"y":433}"#.utf8)
        let others = [
            #"{"id":"user124","x":812,"y":433}"#, #"{"id":"user123","x":0812,"y":433}"#,
            #"{"id":"user123","x":8e1,"y":433}"#, #"{"id":"user123","x":8.,"y":433}"#,
            #"{"id":"user123","x":.5,"y":433}"#, #"{"id":"user123","x":812,"y":433,"k":"up"}"#,
            #"{"id":"user123","x":812,"y":433} "#, #"{"id":"user123","x":,"y":433}"#,
            #"{"id":"user123","x":- 1,"y":433}"#, #"{"id":"user123","x":12345678901234567890,"y":433}"#,
        ]
        for text in others {
            let bench = try TemplateBench()
            bench.take(first, key: 1, slack: MaskedText.slack)
            #expect(!bench.takeAlike(Array(text.utf8), key: 7), "\(text)")
        }
    }

    @Test(arguments: messages)
    func everyByteChangedComesOutTheSame(_ text: String) throws {
        var random = SplitMix64(seed: 0x7465_6D70)
        let first = Array(text.utf8)
        let bytes = Array(#"{}[]",:.-+eE09 \"#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC3, 0xFF]
        for place in first.indices {
            for kind in 0..<4 {
                var message = first
                switch kind {
                case 0: message[place] = random.pick(bytes)
                case 1: message.insert(random.pick(bytes), at: place)
                case 2: message.remove(at: place)
                default: message[place] ^= 1 << UInt8(random.below(8))
                }
                let key = random.once(in: 4) ? 0 : UInt32(truncatingIfNeeded: random.next())
                #expect(
                    try isSame(message, after: first, key: key), "\(String(decoding: message, as: UTF8.self))"
                )
            }
        }
    }

    /// A visitor whose id JSON says with escapes is nobody whom a message names by the id's bytes: what has
    /// them between its quotes is no JSON, or says something else.
    @Test(arguments: [
        (#"a\""#, #"a""#), (#"a\\"#, #"a\"#), (#"a\",\"x\":1,\"y\":2,\"p\":\""#, #"a","x":1,"y":2,"p":""#),
        (
            #"\u0061\"0123456789012345678901234567890123456789012345678901234567890"#,
            #"a"0123456789012345678901234567890123456789012345678901234567890"#
        ),
    ])
    func idsWithEscapesAreNotComparedAsTheyAre(_ escaped: String, _ raw: String) throws {
        for rest in [#","x":1,"y":2}"#, #","x":1,"y":2,"t":3}"#] {
            // A number that a template leaves to others keeps the one that there is.
            for number in ["1", "1e0"] {
                let bench = try TemplateBench()
                bench.take(Array((#"{"id":"u""# + rest).utf8), key: 1, slack: MaskedText.slack)
                let named = rest.replacing(#""x":1"#, with: #""x":\#(number)"#)
                bench.take(Array((#"{"id":"\#(escaped)""# + named).utf8), key: 2, slack: MaskedText.slack)
                #expect(bench.refusal == nil)
                #expect(!bench.takeAlike(Array((#"{"id":"\#(raw)""# + rest).utf8), key: 3), "\(raw)")
                bench.take(Array((#"{"id":"\#(raw)""# + rest).utf8), key: 4, slack: MaskedText.slack)
                #expect(bench.refusal != nil, "\(raw)")
                #expect(bench.counters.value(.eventsReceived) == 2)
            }
        }
    }

    /// Keys in every order that a page might have them in, and each message again with all numbers changed.
    @Test func keysInAnyOrder() throws {
        var random = SplitMix64(seed: 0x6F72_6465)
        let others = [
            #""k":"move""#, #""k":"scroll""#, #""p":"/a""#, #""p":"/b\"c""#, #""pt":"pen""#, #""n":"Bo""#,
            #""zz":[1]"#, #""id":"v""#, #""x":3"#,
        ]
        var taken = 0
        for _ in 0..<1500 {
            let numbers =
                ["x", "y"] + ["t", "b", "w", "h", "sx", "sy", "dw", "dh"].filter { _ in random.once(in: 3) }
            var keys = numbers + ["id"]
            for _ in 0..<(random.once(in: 3) ? random.below(4) : 0) { keys.append(random.pick(others)) }
            for index in keys.indices.reversed() { keys.swapAt(index, random.below(index + 1)) }
            let gap = random.once(in: 4) ? [" ", "\t", "\n "] : [""]
            let gaps = keys.map { _ in (0..<4).map { _ in random.pick(gap) } }
            func message() -> [UInt8] {
                let members = zip(keys, gaps).map { key, gap in
                    let value =
                        key == "id"
                        ? "\"zoë\""
                        : key == "b" ? "\(random.below(9))" : number(&random)
                    let member = key.hasPrefix("\"") ? key : "\"\(key)\"\(gap[0]):\(gap[1])\(value)"
                    return gap[2] + member + gap[3]
                }
                return Array("{\(members.joined(separator: ","))}".utf8)
            }
            let (short, long) = try (TemplateBench(), TemplateBench())
            for _ in 0..<4 {
                let text = message()
                let key = UInt32(truncatingIfNeeded: random.next())
                let count = short.counters.value(.eventsReceived)
                if short.takeAlike(text, key: key) {
                    taken += 1
                    #expect(short.counters.value(.eventsReceived) == count + 1)
                } else {
                    short.take(text, key: key, slack: MaskedText.slack)
                }
                long.take(text, key: key, slack: 0)
                #expect(
                    short.intake.queue.readable.elementsEqual(long.intake.queue.readable)
                        && short.refusal == long.refusal, "\(String(decoding: text, as: UTF8.self))")
            }
        }
        #expect(taken > 150, "\(taken)")
    }

    @Test func everyNumberComesOutTheSame() throws {
        var random = SplitMix64(seed: 0x6E75_6D62)
        let (short, long) = try (TemplateBench(), TemplateBench())
        var taken = 0
        for _ in 0..<20_000 {
            let text = "{\"id\":\"u\",\"x\":\(number(&random)),\"y\":\(number(&random))}"
            let key = UInt32(truncatingIfNeeded: random.next())
            for bench in [short, long] { bench.restart(with: Array(#"{"id":"u","x":1,"y":2}"#.utf8)) }
            let count = short.intake.queue.count
            if short.takeAlike(Array(text.utf8), key: key) {
                taken += 1
            } else {
                #expect(short.intake.queue.count == count)
                short.take(Array(text.utf8), key: key, slack: 0)
            }
            long.take(Array(text.utf8), key: key, slack: 0)
            #expect(
                short.intake.queue.readable.elementsEqual(long.intake.queue.readable)
                    && short.refusal == long.refusal, "\(text)")
        }
        // Both ways have come up.
        #expect(taken > 8_000 && taken < 19_000)
    }

    /// A number as pages write it, or nearly.
    private func number(_ random: inout SplitMix64) -> String {
        func digits(_ most: Int) -> String {
            String((0..<(1 + random.below(most))).map { _ in random.pick(Array("0123456789")) })
        }
        let spaces = String(repeating: " ", count: random.once(in: 3) ? random.below(12) : 0)
        let sign = random.once(in: 4) ? "-" : ""
        let whole = random.once(in: 4) ? digits(20) : "\(random.below(10_000))"
        let fraction = random.once(in: 2) ? "." + digits(20) : random.once(in: 30) ? "." : ""
        let exponent = random.once(in: 25) ? random.pick(["e1", "E-2", "e+3", "e"]) : ""
        return spaces + sign + whole + fraction + exponent
    }

    @Test func aTemplateThatWasReplacedIsLikeNothingElse() throws {
        let bench = try TemplateBench()
        for index in 0..<400 {
            let page = Array(#"{"id":"u","x":1,"y":2,"p":"/\#(index)"}"#.utf8)
            bench.take(page, key: 3, slack: MaskedText.slack)
            #expect(bench.takeAlike(page, key: 4))
            // Where no more goes into the queue as it is, nothing is held against anything.
            bench.intake.queue.wrote(bench.intake.queue.count)
        }
        #expect(bench.counters.value(.eventsReceived) == 800)
    }

    /// To keep a message costs more than to take it.
    @Test func whoNeverSaysTheSameTwiceIsSeldomKept() throws {
        let bench = try TemplateBench()
        func message(_ index: Int) -> [UInt8] { Array(#"{"id":"u","x":1,"y":2,"p":"/\#(index)"}"#.utf8) }
        var (kept, last) = (0, TemplatePool.none)
        for index in 0..<150 {
            bench.take(message(index), key: 3, slack: MaskedText.slack)
            if bench.connection.template != last { kept += 1 }
            last = bench.connection.template
        }
        #expect(kept <= WorkerLimits.unlikeAtOnce + 150 / WorkerLimits.unlikeSkipped)
        #expect(!bench.takeAlike(message(149), key: 4))
        // Whoever comes to rest is soon held against what it says.
        for _ in 0..<WorkerLimits.unlikeSkipped {
            bench.take(message(200), key: 3, slack: MaskedText.slack)
        }
        #expect(bench.takeAlike(message(200), key: 4))
        bench.take(message(201), key: 3, slack: MaskedText.slack)
        #expect(bench.takeAlike(message(201), key: 4))
    }
}
