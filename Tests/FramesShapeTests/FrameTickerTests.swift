import ByteCore
import PointerEvents
import Testing

@testable import FramesShape

/// Frames and keyframes out of a source that is no hub, byte for byte.
@Suite struct FrameTickerTests {
    static let tick: Int64 = 100_000_000

    let source = ScriptedSource(visitors: ["a", "b\"", "c"], pages: ["/x"])
    let ledger = ReaderLedger(budget: ByteBudget(limit: 100_000))

    func ticker(_ change: (inout FramesLimits) -> Void = { _ in }) -> FrameTicker {
        var limits = FramesLimits()
        limits.keyframeGapNanoseconds = 0
        limits.keyframeGapPerVisitorNanoseconds = 0
        change(&limits)
        return FrameTicker(limits: limits, ledger: ledger)
    }

    func attach(_ ticker: FrameTicker, _ rate: FrameRate = .hz10, now: Int64 = 0) -> StreamReader {
        let reader = StreamReader(
            position: source.headN, baseOrdinal: source.headOrdinal, isEssential: false)
        ticker.attach(reader, at: rate, source: source, now: now)
        return reader
    }

    /// Takes up to `limit` bytes of what there is, as an owner of readers does.
    func read(
        _ ticker: FrameTicker, _ reader: StreamReader, _ rate: FrameRate = .hz10, limit: Int = .max
    ) -> String {
        var text: [UInt8] = []
        while text.count < limit {
            let carried = min(reader.carry.count, limit - text.count)
            if carried > 0 {
                text += reader.carry.readable.prefix(carried)
                reader.consumeCarry(carried)
                guard !reader.isCarrying else { break }
                ledger.deliver(reader.carryCredit, to: reader)
                reader.carryCredit = 0
                continue
            }
            var own = ByteBuffer()
            if ticker.appendStatus(for: reader, boot: source.boot, to: &own) { ticker.tookStatus(reader) }
            if reader.isAtBoundary,
                ticker.appendTerminator(for: reader, at: rate, boot: source.boot, to: &own)
            {
                ticker.tookTerminator(reader)
            }
            text += own.readable
            let shared = ticker.shared(for: reader, at: rate).prefix(max(limit - text.count, 0))
            text += shared
            if !shared.isEmpty { ticker.took(reader, at: rate, bytes: shared.count) }
            if own.isEmpty, shared.isEmpty { break }
        }
        return String(decoding: text, as: UTF8.self)
    }

    func message(_ n: Int, _ event: String, _ data: String) -> String {
        "id: 00000000000000ab-\(n)\nevent: \(event)\ndata: \(data)\n\n"
    }

    @Test func tailsStandBehindTheOtherKeys() {
        let ticker = ticker()
        var tail = SampleTail()
        (tail.scrollY, tail.documentHeight, tail.pointerType) = (300, 9_000, PointerType.pen.rawValue)
        tail.fields = [.scrollY, .documentHeight, .pointerType, .element]
        source.move(0, x: 1, page: 0)
        source.say(tail)
        let said = "\"p\":\"/x\",\"sy\":300,\"dh\":9000,\"pt\":\"pen\",\"el\":\"/x\""
        let reader = attach(ticker)
        #expect(read(ticker, reader).contains("\"x\":1,\"y\":2,\(said)}]}"))
        tail.fields = .name
        source.move(0, x: 2)
        source.say(tail)
        source.move(0, x: 3)
        ticker.tick(source: source, now: Self.tick)
        #expect(
            read(ticker, reader).contains(
                "\"samples\":[{\"id\":\"a\",\"x\":2,\"y\":2,\"n\":\"/x\"},{\"id\":\"a\",\"x\":3,\"y\":2}]"))
    }

    @Test func aKeyframeAndThenFrames() {
        let ticker = ticker()
        source.move(0, x: 1, page: 0, now: 7_000_000)
        let reader = attach(ticker)
        #expect(
            read(ticker, reader)
                == message(
                    1, "keyframe",
                    "{\"at\":0,\"visitors\":[{\"id\":\"a\",\"since\":5,\"worker\":42,\"rate\":1.5,\"last\":7,"
                        + "\"x\":1,\"y\":2,\"p\":\"/x\"}]}"))
        source.move(1, x: 5)
        source.move(0, x: 6)
        source.leave(0)
        source.move(1, x: 7, page: 0)
        #expect(!ticker.hasOutput(for: reader, at: .hz10) && ticker.dueAt == Self.tick)
        ticker.tick(source: source, now: Self.tick)
        #expect(ticker.hasOutput(for: reader, at: .hz10))
        #expect(
            read(ticker, reader)
                == message(
                    5, "frame",
                    "{\"at\":100,\"joins\":[{\"id\":\"b\\\"\",\"since\":5,\"worker\":42}],\"samples\":["
                        + "{\"id\":\"b\\\"\",\"x\":5,\"y\":2},{\"id\":\"a\",\"x\":6,\"y\":2},"
                        + "{\"id\":\"b\\\"\",\"x\":7,\"y\":2,\"p\":\"/x\"}],\"leaves\":[\"a\"]}"))
        #expect(reader.delivered == 3 && ledger.delivered == 3 && reader.pending(headOrdinal: 4) == 0)
        // Nothing happened: nothing is sent, and the reader is not behind.
        ticker.tick(source: source, now: 2 * Self.tick)
        #expect(!ticker.hasOutput(for: reader, at: .hz10))
    }

    @Test func whoLeftIsBackInTheNextMessage() {
        let ticker = ticker()
        let reader = attach(ticker)
        _ = read(ticker, reader)
        for x in 1...2 {
            source.move(2, x: Double(x))
            source.leave(2)
        }
        ticker.tick(source: source, now: Self.tick)
        func frame(_ n: Int, x: Int, _ end: String) -> String {
            message(
                n, "frame",
                "{\"at\":100,\"joins\":[{\"id\":\"c\",\"since\":5,\"worker\":42}],"
                    + "\"samples\":[{\"id\":\"c\",\"x\":\(x),\"y\":2}],\"leaves\":[\"c\"]\(end)")
        }
        #expect(read(ticker, reader) == frame(2, x: 1, ",\"more\":true}") + frame(4, x: 2, "}"))
    }

    @Test func whoMissedATickGetsAKeyframe() {
        let ticker = ticker()
        let reader = attach(ticker)
        _ = read(ticker, reader)
        for tick: Int64 in 1...3 {
            source.move(0, x: Double(tick))
            ticker.tick(source: source, now: tick * Self.tick)
        }
        // It comes for more, and the next tick makes it one.
        #expect(read(ticker, reader).isEmpty && ticker.counted.keyframes == 1)
        source.move(0, x: 4)
        ticker.tick(source: source, now: 4 * Self.tick)
        #expect(read(ticker, reader).contains("event: keyframe\ndata: {\"at\":400,"))
        #expect(reader.conflated == 4 && ledger.conflated == 4 && reader.delivered == 0)
    }

    @Test func recordsThatAreGoneMakeAKeyframe() {
        let ticker = ticker()
        let reader = attach(ticker)
        _ = read(ticker, reader)
        for x in 0..<9 { source.move(0, x: Double(x)) }
        source.firstN = 3
        ticker.tick(source: source, now: Self.tick)
        #expect(read(ticker, reader).hasPrefix("id: 00000000000000ab-9\nevent: keyframe\n"))
    }

    @Test func everySplitOfTheBytesGivesTheSameText() {
        for limit in 1...40 {
            let ticker = ticker { $0.messageBytes = 300 }
            let (whole, slow) = (attach(ticker), attach(ticker))
            let keyframe = read(ticker, whole)
            for visitor: UInt32 in [0, 1, 2, 0, 1] { source.move(visitor, x: Double(limit)) }
            var pieces = ""
            while pieces.utf8.count < keyframe.utf8.count { pieces += read(ticker, slow, limit: limit) }
            #expect(pieces.hasPrefix(keyframe))
            pieces = String(pieces.dropFirst(keyframe.count))
            ticker.tick(source: source, now: Self.tick)
            let frames = read(ticker, whole)
            while true {
                let piece = read(ticker, slow, limit: limit)
                if piece.isEmpty { break }
                pieces += piece
            }
            #expect(pieces == frames && frames.contains("\"more\":true"))
            ticker.detach(whole, at: .hz10)
            ticker.detach(slow, at: .hz10)
            #expect(ticker.dueAt == .max)
        }
    }

    @Test func aStatusComesOnceAndBetweenTicks() {
        let ticker = ticker()
        let reader = attach(ticker)
        let set = { (text: String) in Array(text.utf8).withUnsafeBytes { ticker.setStatus($0, brief: $0) } }
        #expect(set("{\"s\":1}") && !set(String(repeating: "x", count: 61 * 1_024)))
        #expect(read(ticker, reader).hasSuffix(message(0, "status", "{\"s\":1}")))
        #expect(!ticker.hasOutput(for: reader, at: .hz10))
        #expect(set("{\"s\":2}") && set("{\"s\":3}"))
        #expect(read(ticker, reader) == message(0, "status", "{\"s\":3}"))
    }
}
