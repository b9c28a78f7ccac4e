import ByteCore
import PointerEvents
import Testing

@testable import LoadGenerator

/// What human motion takes in `pointerscope.v1`; deterministic, so that its bytes can be asserted.
struct MotionBytesTests {
    /// Moves at 60 Hz in messages of 50 ms: at most 3 bytes a sample with the messages' own, and at most 5 on
    /// the wire, where a message takes a header of 2 bytes and a mask of 4.
    @Test func aMoveTakesAtMostThreeBytes() {
        var random = SeededRandom(seed: 14)
        var samples = 0
        var messages = 0
        var bytes = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            let temperament = Temperament.drawn(from: &random)
            let moves = MotionRecorder.run(seed: seed, temperament: temperament, seconds: 60).samples
                .filter { $0.sample.kind == .move }
            guard let first = moves.first else { continue }
            var encoder = WireV1Encoder()
            var buffer = ByteBuffer()
            var hello = WireV1Hello()
            hello.clock = Self.milliseconds(first.time)
            encoder.appendHello(hello, to: &buffer)
            buffer.removeAll()
            var began = Int64.min
            for (time, sample) in moves {
                let now = Self.milliseconds(time)
                if now >= began + 50 || began == .min {
                    encoder.beginMessage(at: now, to: &buffer)
                    began = now
                    messages += 1
                }
                encoder.appendMove(x: Int32(sample.x), y: Int32(sample.y), at: now, to: &buffer)
                samples += 1
            }
            bytes += buffer.count
        }
        #expect(samples > 10_000)
        #expect(Double(bytes) / Double(samples) <= 3)
        #expect(Double(bytes + 6 * messages) / Double(samples) <= 5)
    }

    private static func milliseconds(_ nanoseconds: Int64) -> Int64 { nanoseconds / 1_000_000 }
}
