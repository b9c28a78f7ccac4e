import ByteCore
import PointerEvents
import Tables
import Testing
import WebSocketWire

@testable import LoadGenerator

/// Messages of `pointerscope.v1` are read back by the codec that the server reads them with, and lines of
/// viewers by the scanner.
@Suite struct WireFramesTests {
    /// What every sample says: x, y, t, kind and the name.
    private func samples(_ bytes: UnsafeRawBufferPointer) -> [String] {
        var copy = Array(bytes)
        var result: [String] = []
        var decoder = WireV1Decoder()
        var state = Array("~visitor".utf8).withUnsafeBytes { WireV1State(id: $0) }
        copy.withUnsafeMutableBytes { bytes in
            var rest = bytes
            var connection = WebSocketConnection(role: .server, accepting: .binary)
            while true {
                let step = connection.next(rest)
                guard case .message(let message, let opcode) = step.event else { break }
                #expect(opcode == .binary)
                guard case .accepted(let count) = decoder.decode(message, .binary, after: state) else {
                    Issue.record("refused: \(Array(message))")
                    break
                }
                for index in 0..<count {
                    let sample = decoder.sample(at: index).sample
                    let name =
                        sample.fields.contains(.tail)
                        ? String(decoding: decoder.tail(at: index).name, as: UTF8.self) : ""
                    result.append(
                        "\(Int(sample.x)) \(Int(sample.y)) \(Int(sample.clientTime)) \(sample.kind) \(name)")
                }
                decoder.commit(to: &state)
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
            }
            #expect(rest.isEmpty)
        }
        return result
    }

    @Test func aServerReadsWhatWasMeant() {
        var frames = WireFrames(run: "abc", rate: .perVisitor(milliHertz: 60_000))
        var encoder = WireV1Encoder()
        frames.appendHello(instance: 7, now: 5_001_999_999, with: &encoder, maskKey: 0xDEAD_BEEF)
        func point(_ x: Double, _ kind: PointerKind = .move) -> TrackPoint {
            TrackPoint(microseconds: 0, x: x, y: 433, kind: kind)
        }
        frames.append(
            visitor: 17, sequence: 1, count: 3, time: 5_100, point: point(812), with: &encoder, maskKey: 1)
        frames.append(
            visitor: 17, sequence: 1_000_000, count: 1, time: 5_150, point: point(9, .down), with: &encoder,
            maskKey: 2)
        frames.append(
            visitor: 17, sequence: 1_000_001, count: 2, time: 5_150, point: point(9, .scroll), with: &encoder,
            maskKey: 3)
        #expect(
            samples(frames.bytes) == [
                "0 0 5000 leave ", "812 2 5068 move abc-000017", "812 3 5084 move ", "812 4 5100 move ",
                "9 1 5150 down ",
                // None is older than the one before it.
                "9 2 5150 move ", "9 3 5150 move ",
            ])
        frames.removeAll()
        #expect(frames.bytes.isEmpty)
    }

    @Test func samplesAreAsFarApartAsTheyFallDue() {
        #expect(WireFrames(run: "abc", rate: .perVisitor(milliHertz: 10_000)).spacing == 16)
        #expect(WireFrames(run: "abc", rate: .perVisitor(milliHertz: 250_000)).spacing == 4)
        #expect(WireFrames(run: "abc", rate: .perVisitor(milliHertz: 1_000_000)).spacing == 0)
        #expect(WireFrames(run: "abc", rate: .natural).spacing == 16)
    }

    /// Scans lines that arrive 6 s after the begin, at 1 s of CLOCK_MONOTONIC.
    private func scan(_ lines: [String], _ ledger: inout ArrivalLedger) -> LatencyHistogram {
        var scanner = ArrivalScanner(run: "abc", warmUpMicroseconds: 100_000)
        scanner.begin = 1_000_000_000
        var latencies = LatencyHistogram()
        let text = Array(lines.map { $0 + "\n" }.joined().utf8)
        let consumed = text.withUnsafeBytes {
            scanner.scan($0, now: 7_000_000_000, ledger: &ledger, latencies: &latencies)
        }
        #expect(consumed == text.count)
        return latencies
    }

    @Test func aViewersLinesTellWhoAndWhen() {
        var ledger = ArrivalLedger(visitorCount: 20)
        let (one, two) = (#"data: {"id":"~AbCdEfGhIjKlWxYz","#, #"data: {"id":"~AbCdEfGhIjKlWxY0","#)
        let latencies = scan(
            [
                // Nobody knows yet whose that is.
                one + #""x":3,"y":1,"t":1200}"#,
                one
                    + #""x":0,"y":0,"t":1000,"k":"leave","p":"/,\"n\":\"abc-000003","pt":"mouse","n":"abc-000017"}"#,
                two + #""x":0,"y":0,"t":1000,"k":"leave","p":"/","n":"xyz-000017"}"#,
                one + #""x":812,"y":2,"t":1050}"#, one + #""x":812,"y":3,"t":6000,"k":"down","b":1}"#,
                one + #""x":812,"y":3,"t":6000}"#, two + #""x":1,"y":2,"t":6000}"#,
                // Seen behind a skip: a sample of the plan that says what it must not lose.
                one + #""x":812,"y":4,"t":6500,"n":"abc-000017"}"#,
                one + #""x":81"#, one + #""x":-5,"y":2,"t":6000}"#, #"data: {"kill":"~AbCdEfGhIjKlWxYz"}"#,
            ], &ledger)
        #expect(ledger.received(of: 17) == 3 && ledger.newest(of: 17) == 3 && ledger.received == 3)
        #expect(ledger.duplicates == 1 && ledger.kills == 1 && ledger.foreign == 0)
        #expect(ledger.otherLines == 5)
        // The first sample is of the warm-up, the one that came twice was in time once.
        #expect(latencies.count == 2)
        #expect(latencies.maximumNanoseconds == 1_000_000_000)
    }

    @Test func namesOfThoseWhoLeftAreForgotten() {
        var names = WireNames(visitorCount: 10)
        for number in 0..<5_000 as Range<UInt64> {
            let key = WireNames.Key(first: number, second: 1)
            names.learn(key, visitor: number % 10)
            #expect(names.visitor(key) == number % 10)
            #expect(names.visitor(WireNames.Key(first: number, second: 2)) == nil)
        }
        #expect(names.visitor(WireNames.Key(first: 0, second: 1)) == nil)
    }
}
