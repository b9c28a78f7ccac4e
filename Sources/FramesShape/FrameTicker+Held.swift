import ByteCore

/// Keyframes that readers are in the middle of, while ticks go on: each is kept until all of them have it.
extension FrameTicker {
    /// Whether a keyframe may be made beside those that are held, for which there may have to be one less.
    ///
    /// Who is in the middle of one shall come to its end, however slowly: a new one that breaks off an old
    /// one each time would leave nobody with everyone in the picture. So where much is held there is a new
    /// one only so often, and then the one goes that has most before it. The last one stays, however long it
    /// is, unless nobody can be reading it any more.
    func makeRoomForKeyframe<Source: FramesSource>(_ source: Source, now: Int64) -> Bool {
        var held = heldKeyframes()
        guard heldBytes(held) > limits.heldKeyframeBytes else { return true }
        let at = source.epochMilliseconds(now)
        let newest = held.map(\.text.atMilliseconds).max() ?? at
        guard (at &- newest) &* 1_000_000 >= limits.heldKeyframeGapNanoseconds else { return false }
        while heldBytes(held) > limits.heldKeyframeBytes {
            let oldest = held.indices.min { held[$0].text.atMilliseconds < held[$1].text.atMilliseconds }
            let longest = held.indices.max { held[$0].left < held[$1].left }
            guard let oldest, let longest else { break }
            let isPast = at &- held[oldest].text.atMilliseconds > limits.keyframeAgeMilliseconds
            guard isPast || held.count > 1 else { break }
            let text = held.remove(at: isPast ? oldest : longest).text
            for group in groups {
                // Nobody is to begin it again.
                if group.keyframe === text { group.keyframe = nil }
                for reader in group.readers where reader.tick.reading === text {
                    counted.interruptedKeyframes += 1
                    breakOff(reader, text)
                }
            }
        }
        return true
    }

    private typealias HeldKeyframe = (text: TickText, left: Int)

    /// The keyframes that readers are in the middle of, each with what the reader furthest in it has left.
    private func heldKeyframes() -> [HeldKeyframe] {
        var held: [HeldKeyframe] = []
        for group in groups {
            for reader in group.readers {
                guard let text = reader.tick.reading, text.isKeyframe else { continue }
                let left = text.text.count - text.start(of: reader.tick.part) - reader.partial
                if let place = held.firstIndex(where: { $0.text === text }) {
                    held[place].left = min(held[place].left, left)
                } else {
                    held.append((text, left))
                }
            }
        }
        return held
    }

    private func heldBytes(_ held: [HeldKeyframe]) -> Int { held.reduce(0) { $0 + $1.text.text.count } }
}
