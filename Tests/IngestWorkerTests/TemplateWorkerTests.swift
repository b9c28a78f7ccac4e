import Telemetry
import TestSupport
import Testing

@testable import IngestWorker

/// A worker that holds messages against the last one tells its master the same however they arrive.
@Suite struct TemplateWorkerTests {
    /// Messages of one page, with others among them; what the master has to hear is every x in order.
    private static let messages: [String] = [
        #"{"id":"ann","x":0,"y":1}"#, #"{"id":"ann","x":1,"y":1}"#, #"{"id":"ann","x": 2.000,"y":  -1.5}"#,
        #"{"id":"bob","x":0,"y":1}"#, #"{"id":"bob","x":1,"y":0.25,"p":"/a"}"#,
        #"{"id":"bob","x":2,"y":0.125,"p":"/a"}"#, #"{"y":1,"x":3,"id":"ann"}"#, #"{"y":1,"x":4,"id":"ann"}"#,
        #"{"id":"ann","x":5,"y":1,"k":"click"}"#, #"{"id":"ann","x":6,"y":1,"t":1732109508123,"b":1}"#,
        #"{"id":"ann","x":7,"y":1,"t":1732109508124,"b":0}"#, #"{"id":"ann","x":8e0,"y":1}"#,
        #"[{"id":"ann","x":9,"y":1},{"id":"bob","x":3,"y":1}]"#, #"{"id":"bob","x":4,"y":1}"#,
        #"{"id":"bob","x":5,"y":1}"#,
    ]
    private static let heard = [
        "ann": (0...9).map(Double.init), "bob": (0...5).map(Double.init),
    ]

    /// Each with another key, the first of them 0.
    private static func frames() -> [UInt8] {
        messages.enumerated().flatMap { index, text in
            let key = UInt32(truncatingIfNeeded: index) &* 0x9E37_79B9
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: key >> UInt32(8 * $0)) }
            return [0x81, 0x80 | UInt8(text.utf8.count)] + bytes
                + text.utf8.enumerated().map { $1 ^ bytes[$0 & 3] }
        }
    }

    @Test func oneByteAtATime() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        for byte in Self.frames() {
            visitor.say([byte])
            bench.settle()
        }
        bench.masterReadsAll()
        #expect(bench.heard == Self.heard)
    }

    @Test func cutAtEveryByte() throws {
        let frames = Self.frames()
        let bench = try WorkerBench()
        for cut in frames.indices {
            let before = bench.heard
            let visitor = try bench.connect()
            visitor.say(Array(frames[..<cut]))
            bench.settle()
            visitor.say(Array(frames[cut...]))
            bench.settle()
            visitor.hangUp()
            bench.settle()
            bench.masterReadsAll()
            for (id, places) in Self.heard {
                #expect(bench.heard[id]?.dropFirst(before[id]?.count ?? 0).elementsEqual(places) ?? false)
            }
        }
        #expect(bench.present == [])
        #expect(bench.counters.value(.messagesReceived) == UInt64(frames.count * Self.messages.count))
    }

    /// What shares and rates are counted by is the same for whoever is held against the last message.
    @Test func whatIsAlikeCountsAsMuch() throws {
        func counted(_ isAlike: Bool) throws -> [UInt64] {
            let bench = try WorkerBench()
            let visitor = try bench.connect()
            visitor.say(Self.frames())
            bench.settle()
            let counters: [WorkerCounter] = [.bytesReceived, .messagesReceived, .eventsReceived]
            let before = counters.map { bench.counters.value($0) }
            // What stands behind half a frame is in memory of its own, and held against nothing.
            let frames = Self.frames()
            for piece in isAlike ? [frames] : frames.map({ [$0] }) {
                visitor.say(piece)
                bench.settle()
            }
            bench.masterReadsAll()
            #expect(bench.heard["ann"]?.count == 20)
            return zip(counters, before).map { bench.counters.value($0) - $1 }
        }
        let alike = try counted(true)
        #expect(try alike == counted(false))
        #expect(alike == [UInt64(Self.frames().count), UInt64(Self.messages.count), 16])
    }

    /// A mask is of four bytes, and a number may stand anywhere under it.
    @Test func everyKeyAndPlace() throws {
        var random = SplitMix64(seed: 0x6B65_7973)
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        var xs: [Double] = []
        var frames: [UInt8] = []
        for index in 0..<2000 {
            let x = Double(random.below(1_000_000_000)) / 1024
            xs.append(x)
            let spaces = String(repeating: " ", count: random.below(9))
            let text = Array(#"{"id":"u","x":\#(spaces)\#(x),"y":\#(random.below(10_000))}"#.utf8)
            let key = (0..<4).map { _ in index % 7 == 0 ? 0 : UInt8(truncatingIfNeeded: random.next()) }
            frames += [0x81, 0x80 | UInt8(text.count)] + key + text.enumerated().map { $1 ^ key[$0 & 3] }
        }
        var rest = frames[...]
        while !rest.isEmpty {
            let count = min(rest.count, 1 + random.below(400))
            visitor.say(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
            bench.settle()
        }
        bench.masterReadsAll()
        #expect(bench.heard["u"] == xs)
    }
}
