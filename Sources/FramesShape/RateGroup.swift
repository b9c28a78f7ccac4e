/// Everyone who gets frames at one rate, and the newest tick of it.
final class RateGroup {
    let rate: FrameRate
    @exclusivity(unchecked) private(set) var readers: ContiguousArray<StreamReader> = []
    /// Names the newest tick at which something had happened, by the head's n; 0 before the first. What a
    /// keyframe holds depends on n alone, so rates may share one.
    @exclusivity(unchecked) var sequence: UInt64 = 0
    /// The tick before that one.
    @exclusivity(unchecked) var previousSequence: UInt64 = 0
    /// The head's n at that tick.
    @exclusivity(unchecked) var n: UInt64 = 0
    /// When the next tick is due, monotonic nanoseconds.
    @exclusivity(unchecked) var dueAt: Int64 = 0
    /// The newest tick's texts, where someone needs them.
    @exclusivity(unchecked) var frame: TickText?
    @exclusivity(unchecked) var keyframe: TickText?

    init(rate: FrameRate) { self.rate = rate }

    func add(_ reader: StreamReader) {
        reader.tick.place = readers.count
        readers.append(reader)
    }

    func holds(_ reader: StreamReader) -> Bool {
        reader.tick.place < readers.count && readers[reader.tick.place] === reader
    }

    /// Lets a reader go, and with the last one the texts.
    func remove(_ reader: StreamReader) {
        let last = readers.removeLast()
        if last !== reader {
            readers[reader.tick.place] = last
            last.tick.place = reader.tick.place
        }
        if readers.isEmpty {
            frame = nil
            keyframe = nil
        }
    }

    /// What a reader reads next, if there is anything.
    func next(for reader: StreamReader) -> TickText? {
        if let reading = reader.tick.reading { return reading }
        let had = reader.tick.hadSequence
        if had == sequence { return nil }
        if had != 0, had == previousSequence, let frame { return frame }
        // One who came after the tick, while the next is held back, begins later than its keyframe.
        guard let keyframe, keyframe.n >= reader.position else { return nil }
        return keyframe
    }
}
