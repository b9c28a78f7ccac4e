import ByteCore
import PointerEvents
import Testing

@testable import FramesShape

/// Keyframes that slow readers are in the middle of.
extension FrameTickerTests {
    /// A ticker whose keyframes may not be held, and a crowd whose keyframe has a part for each.
    private func crampedTicker(_ change: (inout FramesLimits) -> Void = { _ in }) -> FrameTicker {
        let ticker = ticker {
            $0.messageBytes = 300
            $0.heldKeyframeBytes = 0
            change(&$0)
        }
        for visitor: UInt32 in 0..<3 { source.move(visitor, x: 1) }
        return ticker
    }

    /// One that moves, and the tick after it.
    private func move(_ ticker: FrameTicker, x: Double, at tick: Int64) {
        source.move(1, x: x)
        ticker.tick(source: source, now: tick * Self.tick)
    }

    @Test func whoeverIsSlowComesToTheEndOfTheKeyframe() {
        let ticker = crampedTicker()
        let (slow, other) = (attach(ticker), attach(ticker))
        let whole = read(ticker, other)
        // Ticks go on, and no newcomer takes it away.
        var got = ""
        var tick: Int64 = 1
        while got.utf8.count < whole.utf8.count {
            got += read(ticker, slow, limit: min(40, whole.utf8.count - got.utf8.count))
            move(ticker, x: Double(tick), at: tick)
            if tick == 3 { _ = attach(ticker, now: tick * Self.tick) }
            tick += 1
        }
        #expect(tick < 20 && got == whole)
        #expect(ticker.counted.interruptedKeyframes == 0)
    }

    @Test func whileMuchIsHeldTheNextKeyframeWaits() {
        let ticker = crampedTicker()
        let slow = attach(ticker)
        _ = read(ticker, slow, limit: 50)
        move(ticker, x: 2, at: 1)
        let second = attach(ticker, now: Self.tick)
        for tick: Int64 in 2...19 {
            move(ticker, x: Double(tick), at: tick)
            #expect(read(ticker, second).isEmpty)
        }
        #expect(ticker.counted.keyframes == 1)
        // Two seconds after the one before; the first reader, being the only one, has not lost its own.
        move(ticker, x: 20, at: 20)
        #expect(read(ticker, second, limit: 80).contains("{\"at\":2000,"))
        #expect(ticker.counted.keyframes == 2 && ticker.counted.interruptedKeyframes == 0)
    }

    @Test func whoIsDoneMakesRoomForTheNext() {
        let ticker = crampedTicker()
        let slow = attach(ticker)
        _ = read(ticker, slow, limit: 50)
        move(ticker, x: 2, at: 1)
        let second = attach(ticker, now: Self.tick)
        _ = read(ticker, slow)
        move(ticker, x: 3, at: 2)
        #expect(read(ticker, second).contains("{\"at\":200,"))
        #expect(ticker.counted.interruptedKeyframes == 0)
    }

    @Test func ofTwoThatAreHeldTheOneWithMostBeforeItIsEnded() {
        let ticker = crampedTicker { $0.heldKeyframeGapNanoseconds = 0 }
        let first = attach(ticker)
        _ = read(ticker, first, limit: 200)
        move(ticker, x: 2, at: 1)
        let second = attach(ticker, now: Self.tick)
        _ = read(ticker, second, limit: 40)
        #expect(ticker.counted.keyframes == 2 && ticker.counted.interruptedKeyframes == 0)
        move(ticker, x: 3, at: 2)
        _ = attach(ticker, now: 2 * Self.tick)
        #expect(ticker.counted.keyframes == 3 && ticker.counted.interruptedKeyframes == 1)
        // Who is nearly through comes to the end; the other one is told that no more of its own will come.
        let end = message(4, "keyframe", "{\"at\":200,\"visitors\":[]}")
        #expect(!read(ticker, first).contains("\"visitors\":[]"))
        let rest = read(ticker, second)
        #expect(rest.contains("],\"more\":true}\n\n" + end))
        #expect(rest.hasSuffix("]}\n\n") && rest.contains("\"x\":3"))
    }

    @Test func aKeyframeThatNobodyCanBeReadingAnyMoreIsEnded() {
        let ticker = crampedTicker { $0.keyframeAgeMilliseconds = 5_000 }
        let stalled = attach(ticker)
        let begun = read(ticker, stalled, limit: 50)
        move(ticker, x: 2, at: 40)
        _ = attach(ticker, now: 40 * Self.tick)
        #expect(ticker.counted.keyframes == 2 && ticker.counted.interruptedKeyframes == 0)
        move(ticker, x: 3, at: 70)
        _ = attach(ticker, now: 70 * Self.tick)
        #expect(ticker.counted.keyframes == 3 && ticker.counted.interruptedKeyframes == 1)
        // The message at hand to its end, an empty last part, and then a keyframe of its own.
        let rest = read(ticker, stalled)
        let parts = (begun + rest).components(separatedBy: "event: ")
        #expect(parts.count == 6)
        #expect(parts[1].hasSuffix("],\"more\":true}\n\nid: 00000000000000ab-3\n"))
        #expect(parts[2].hasPrefix("keyframe\ndata: {\"at\":7000,\"visitors\":[]}\n\n"))
        #expect(rest.hasSuffix("]}\n\n") && rest.contains("\"x\":3"))
    }
}

extension String {
    /// What stands between each two occurrences of `separator`.
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
