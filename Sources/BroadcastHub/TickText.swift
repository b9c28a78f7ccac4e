import ByteCore

/// The text of one tick of one rate, shared by its viewers: a frame or a keyframe, in one or more messages.
final class TickText {
    /// One message.
    struct Part {
        /// Where it ends in the text.
        var end: Int
        /// The n in its id.
        var n: UInt64
        /// Samples it delivers; a keyframe's are not counted.
        var samples: UInt64
    }

    let sequence: UInt64
    /// The head's n, and the hub's samples, at the tick; two ticks of the same n have the same sequence.
    let n: UInt64
    let ordinal: UInt64
    let isKeyframe: Bool
    /// The hub's epoch time at which it was made.
    let atMilliseconds: Int64
    @exclusivity(unchecked) var text: ByteBuffer
    private(set) var parts: ContiguousArray<Part> = []
    /// Of each part that viewers were left in the middle of: what the one furthest behind is still to get.
    var carried: [Int: CarriedText] = [:]

    init(
        sequence: UInt64, n: UInt64, ordinal: UInt64, isKeyframe: Bool, atMilliseconds: Int64,
        expectedBytes: Int = 1_024
    ) {
        text = ByteBuffer(capacity: expectedBytes)
        self.sequence = sequence
        self.n = n
        self.ordinal = ordinal
        self.isKeyframe = isKeyframe
        self.atMilliseconds = atMilliseconds
    }

    /// Ends the message that was appended to `text`.
    func endPart(n: UInt64, samples: UInt64) {
        parts.append(Part(end: text.count, n: n, samples: samples))
    }

    /// Where part `index` begins.
    func start(of index: Int) -> Int { index == 0 ? 0 : parts[index - 1].end }

    /// Memory in use.
    var bytes: Int { text.capacity }
}

/// Everyone who gets frames at one rate.
final class RateGroup {
    let rate: FrameRate
    /// Names the newest tick at which something had happened, by the head's n; 0 before the first. What a
    /// keyframe holds depends on n alone, so rates may share one.
    var sequence: UInt64 = 0
    /// The tick before that one.
    var previousSequence: UInt64 = 0
    /// The head's n at that tick.
    var n: UInt64 = 0
    /// When the next tick is due, monotonic nanoseconds.
    var dueAt: Int64 = 0
    /// The newest tick's texts, where someone needs them.
    var frame: TickText?
    var keyframe: TickText?
    var viewerCount = 0

    init(rate: FrameRate) { self.rate = rate }

    /// What a viewer reads next, if there is anything.
    func next(for viewer: Viewer) -> TickText? {
        let cursor = viewer.tick
        if let reading = cursor.reading { return reading }
        if cursor.hadSequence == sequence { return nil }
        if cursor.hadSequence != 0, cursor.hadSequence == previousSequence, let frame { return frame }
        // One who came after the tick, while the next is held back, begins later than its keyframe.
        guard let keyframe, keyframe.n >= viewer.position else { return nil }
        return keyframe
    }
}
