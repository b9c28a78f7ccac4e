import ByteCore
import PointerEvents
import WebSocketWire

/// Makes masked frames of `pointerscope.v1` messages.
///
/// What a viewer holds against what was sent is in each sample: `x` is the hand's place, `y` counts the
/// visitor's samples modulo a million, from 1 on (a hello's is 0), and the clock says when it was due, in
/// milliseconds of CLOCK_MONOTONIC, to the 2 ms that the format knows. Who it is, the name says that comes
/// with the first sample of a connection: with the hello it would come before the viewers may be there.
struct WireFrames: ~Copyable {
    /// The `y` of a sample with that number.
    static func place(of sequence: UInt32) -> Int32 { Int32(sequence % UInt32(ArrivalLedger.modulus)) + 1 }

    /// Milliseconds of CLOCK_MONOTONIC, as the format tells them.
    static func clock(nanoseconds: Int64) -> Int64 { nanoseconds / 2_000_000 * 2 }

    /// Milliseconds between the samples of one message: a frame of a page at 60 Hz, or less where more than
    /// 60 a second are offered.
    let spacing: Int64
    private let run: String
    private var frames = ByteBuffer(capacity: 256)
    private var message = ByteBuffer(capacity: 256)

    /// `run` is three letters that tell this run from others.
    init(run: String, rate: LoadPlan.Rate) {
        self.run = run
        if case .perVisitor(let milliHertz) = rate {
            spacing = min(16, 1_000_000 / Int64(max(milliHertz, 1)) / 2 * 2)
        } else {
            spacing = 16
        }
    }

    /// What was made so far, masked.
    var bytes: UnsafeRawBufferPointer { unsafe frames.readable }

    /// Makes room for the next write.
    mutating func removeAll() { frames.removeAll() }

    /// Appends the first message of a visitor's connection.
    mutating func appendHello(
        instance: UInt64, now: Int64, with encoder: inout WireV1Encoder, maskKey: UInt32
    ) {
        var hello = WireV1Hello()
        hello.isVisible = true
        hello.clock = Self.clock(nanoseconds: now)
        hello.instance = instance
        (hello.width, hello.height) = (1920, 1080)
        (hello.documentWidth, hello.documentHeight) = (1920, 1080)
        hello.pointerType = .mouse
        message.removeAll()
        unsafe Array("/".utf8).withUnsafeBytes { path in
            unsafe hello.path = path
            encoder.appendHello(hello, to: &message)
        }
        finish(maskKey)
    }

    /// Appends a message of `count` samples, of numbers from `sequence` on; the last is of `time`, those
    /// before it are so much older as they are apart, and none is older than what was sent before.
    @inline(__always)
    mutating func append(
        visitor: Int, sequence: UInt32, count: Int, time: Int64, point: TrackPoint,
        with encoder: inout WireV1Encoder,
        maskKey: UInt32
    ) {
        var time = time - Int64(count - 1) * spacing
        var point = point
        begin(visitor: visitor, time: time, with: &encoder)
        for offset in 0..<UInt32(count) {
            append(point, sequence: sequence &+ offset, time: time, with: &encoder)
            point.kind = .move
            time += spacing
        }
        end(maskKey: maskKey)
    }

    /// Begins a message whose first sample is of `time`.
    @inline(__always)
    mutating func begin(visitor: Int, time: Int64, with encoder: inout WireV1Encoder) {
        message.removeAll()
        let isFirst = encoder.number == 0
        encoder.beginMessage(at: time, to: &message)
        if isFirst { appendName(of: visitor, with: &encoder) }
    }

    /// Appends a sample to the message that was begun.
    @inline(__always)
    mutating func append(
        _ point: TrackPoint, sequence: UInt32, time: Int64, with encoder: inout WireV1Encoder
    ) {
        let y = Self.place(of: sequence)
        // What brings no place of its own goes as a move.
        if point.kind == .move || point.kind == .scroll {
            encoder.appendMove(x: Int32(point.x), y: y, at: time, to: &message)
        } else {
            encoder.append(
                point.kind, x: Int32(point.x), y: y, buttons: point.kind == .down ? 1 : 0, at: time,
                to: &message)
        }
    }

    /// Ends the message that was begun.
    @inline(__always)
    mutating func end(maskKey: UInt32) { finish(maskKey) }

    @inline(never)
    private mutating func appendName(of visitor: Int, with encoder: inout WireV1Encoder) {
        let digits = String(visitor)
        let zeros = String(repeating: "0", count: max(6 - digits.utf8.count, 0))
        unsafe Array("\(run)-\(zeros)\(digits)".utf8).withUnsafeBytes {
            unsafe encoder.appendName($0, to: &message)
        }
    }

    @inline(__always)
    private mutating func finish(_ maskKey: UInt32) {
        unsafe frames.appendFrame(.binary, message.readable, maskKey: maskKey)
    }
}
