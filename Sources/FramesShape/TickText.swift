import ByteCore

/// The text of one tick of one rate, shared by its readers: a frame or a keyframe, in one or more messages.
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
    /// The head's n, and the source's samples, at the tick; two ticks of the same n have the same sequence.
    let n: UInt64
    let ordinal: UInt64
    let isKeyframe: Bool
    /// The epoch time at which it was made.
    let atMilliseconds: Int64
    @exclusivity(unchecked) var text: ByteBuffer
    @exclusivity(unchecked) private(set) var parts: ContiguousArray<Part> = []
    /// Of each part that readers were left in the middle of: what the one furthest behind is still to get.
    @exclusivity(unchecked) var carried: [Int: CarriedText] = [:]

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

    /// Adds a part of a text that is there as a whole.
    func addPart(end: Int, n: UInt64, samples: UInt64) {
        parts.append(Part(end: end, n: n, samples: samples))
    }

    /// Begins anew, in the memory that is there.
    func removeAll() {
        text.removeAll()
        parts.removeAll()
    }

    /// Where part `index` begins.
    func start(of index: Int) -> Int { index == 0 ? 0 : parts[index - 1].end }

    /// Memory in use.
    var bytes: Int { text.capacity }
}
