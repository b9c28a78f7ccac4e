import ByteCore
import PointerEvents
import Tables
import Testing
import WebSocketWire

@testable import LoadGenerator

/// Frames are read back by the codecs that the server reads them with.
@Suite struct SampleFrameTests {
    private struct Sent: Equatable {
        var visitor: Int
        var sequence: UInt32
        var due: Int64
        var point: TrackPoint
    }

    /// The samples of every message in what was made.
    private func messages(_ frames: borrowing SampleFrames) -> [[DecodedSample]] {
        var copy = Array(frames.bytes)
        var result: [[DecodedSample]] = []
        copy.withUnsafeMutableBytes { bytes in
            var rest = bytes
            var connection = WebSocketConnection(role: .server, accepting: .text)
            while true {
                let step = connection.next(rest)
                guard case .message(let message, _) = step.event else { break }
                var decoder = JSONPointerDecoder()
                guard case .accepted(let count) = decoder.decode(message) else {
                    Issue.record("refused: \(String(decoding: message, as: UTF8.self))")
                    break
                }
                result.append((0..<count).map { decoder.sample(at: $0) })
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
            }
            #expect(rest.isEmpty)
        }
        return result
    }

    @Test func aServerReadsWhatWasMeant() throws {
        var frames = SampleFrames(run: "abc", batch: 1, frames: 3)
        frames.append(
            visitor: 17, sequence: 123, dueMicroseconds: 1_250_000,
            point: TrackPoint(microseconds: 0, x: 812, y: 433, kind: .move), maskKey: 0xDEAD_BEEF)
        frames.append(
            visitor: 999_999, sequence: 1_000_001, dueMicroseconds: 10_000_000_007,
            point: TrackPoint(microseconds: 0, x: 0, y: 99_999, kind: .click), maskKey: 1)
        let read = messages(frames).flatMap { $0 }
        try #require(read.count == 2)
        #expect(read[0].sample.x == 812.000123 && read[0].sample.y == 433.000125)
        #expect(read[0].sample.fields == [] && read[0].sample.kind == .move)
        #expect(read[1].sample.x == 1.000001 && read[1].sample.y == 9999.0000000007)
        #expect(read[1].sample.kind == .click)
    }

    @Test func shortOnesSayWhoAndWhere() throws {
        var frames = SampleFrames(run: "abc", batch: 1, frames: 3, isShort: true)
        frames.append(
            visitor: 17, sequence: 123, dueMicroseconds: 1_250_000,
            point: TrackPoint(microseconds: 0, x: 812, y: 433, kind: .move), maskKey: 0xDEAD_BEEF)
        #expect(frames.bytes.count == 38 + 6)
        frames.append(
            visitor: 999_999, sequence: 1_000_001, dueMicroseconds: 10_000_000_007,
            point: TrackPoint(microseconds: 0, x: 7, y: 99_999, kind: .click), maskKey: 1)
        let read = messages(frames).flatMap { $0 }
        try #require(read.count == 2)
        #expect(read[0].sample.x == 812 && read[0].sample.y == 433 && read[0].sample.kind == .move)
        #expect(read[1].sample.x == 7 && read[1].sample.y == 9999 && read[1].sample.kind == .click)
        var arrays = SampleFrames(run: "abc", batch: 5, frames: 1, isShort: true)
        arrays.appendArray(
            visitor: 5, sequence: 41, count: 5, dueMicroseconds: 77,
            point: TrackPoint(microseconds: 0, x: 3, y: 4, kind: .move), maskKey: 0x0102_0304)
        #expect(messages(arrays).map { $0.map(\.sample.x) } == [[3, 3, 3, 3, 3]])
    }

    @Test func arraysOfAnyLengthAreWhole() {
        for count in [2, 3, 100, 800] {
            var frames = SampleFrames(run: "xyz", batch: count, frames: 2)
            for _ in 0..<2 {
                frames.appendArray(
                    visitor: 5, sequence: 41, count: count, dueMicroseconds: 77,
                    point: TrackPoint(microseconds: 0, x: 3, y: 4, kind: .scroll), maskKey: 0x0102_0304)
            }
            let read = messages(frames)
            #expect(read.map(\.count) == [count, count])
            #expect(read[1].last?.sample.x == 3 + Double(40 + count) / 1e6)
            frames.removeAll()
            #expect(frames.bytes.isEmpty)
        }
    }

    /// What a server writes of a sample, the generator's viewers understand.
    @Test func whatGoesRoundComesBackTheSame() throws {
        var random = SeededRandom(seed: 11)
        var scanner = ArrivalScanner(run: "qed", warmUpMicroseconds: 0)
        scanner.begin = 1
        for _ in 0..<400 {
            let sent = Sent(
                visitor: random.index(below: 50), sequence: UInt32(1 + random.index(below: 5)),
                due: Int64(random.index(below: 9_000_000_000)),
                point: TrackPoint(
                    microseconds: 0, x: Double(random.index(below: 12_000)),
                    y: Double(random.index(below: 12_000)),
                    kind: PointerKind(rawValue: UInt8(random.index(below: 7)))!))
            var frames = SampleFrames(run: "qed", batch: 1, frames: 1)
            frames.append(
                visitor: sent.visitor, sequence: sent.sequence, dueMicroseconds: sent.due,
                point: sent.point, maskKey: UInt32(truncatingIfNeeded: random.bits()))
            let sample = try #require(messages(frames).first?.first).sample
            var line = ByteBuffer()
            var prefix = ByteBuffer()
            var id =
                "qed-" + String(repeating: "0", count: 6 - String(sent.visitor).count) + "\(sent.visitor)"
            id.withUTF8 { prefix.appendIDPrefix(id: UnsafeRawBufferPointer($0)) }
            line.append("data: ")
            line.appendSampleJSON(
                sample, idPrefix: prefix.readable, page: UnsafeRawBufferPointer(start: nil, count: 0))
            line.append("\n")
            var ledger = ArrivalLedger(visitorCount: 50)
            var latencies = LatencyHistogram()
            let now = 1 + sent.due * 1000 + 5_000_000
            #expect(
                scanner.scan(line.readable, now: now, ledger: &ledger, latencies: &latencies) == line.count)
            #expect(ledger.otherLines == 0 && ledger.newest(of: sent.visitor) == sent.sequence)
            // 5 ms, but for the part of a microsecond that the run's begin stands off.
            #expect(abs(latencies.maximumNanoseconds - 5_000_000) <= 1000)
        }
    }
}
