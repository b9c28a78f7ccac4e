import ByteCore
import PointerEvents

extension LiveModel {
    /// Takes in one message of the event stream, received at `now` (monotonic nanoseconds).
    public mutating func apply(
        event: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer, now: Int64
    ) -> Outcome {
        let outcome: Outcome
        do {
            if unsafe event.elementsEqual("frame".utf8) {
                outcome = try unsafe applyFrame(data, now: now)
            } else if unsafe event.elementsEqual("keyframe".utf8) {
                outcome = try unsafe applyKeyframe(data, now: now)
            } else if unsafe event.elementsEqual("status".utf8) {
                outcome = try unsafe applyStatus(data, now: now)
            } else if unsafe event.elementsEqual("history".utf8) {
                outcome = try unsafe applyHistory(data)
            } else {
                return .ignored
            }
        } catch {
            return .malformed
        }
        if outcome == .applied { heardNanoseconds = now }
        return outcome
    }

    /// Where the parts of a message are; finding them checks the grammar of the whole.
    private struct Outline {
        var at: Int64?
        var hasMore = false
        var visitors: JSONScanner?
        var joins: JSONScanner?
        var samples: JSONScanner?
        var leaves: JSONScanner?

        init(_ data: UnsafeRawBufferPointer) throws(JSONFault) {
            try unsafe JSONScanner.readMessage(data) { name, scanner throws(JSONFault) in
                let isArray = scanner.next == UInt8(ascii: "[")
                switch MessageKey(name) {
                case .at: at = try scanner.takeEpochMilliseconds()
                case .more: hasMore = try scanner.takeBool() ?? false
                case .visitors where isArray: visitors = try scanner.mark()
                case .joins where isArray: joins = try scanner.mark()
                case .samples where isArray: samples = try scanner.mark()
                case .leaves where isArray: leaves = try scanner.mark()
                default: try scanner.skipValue()
                }
            }
        }
    }

    private mutating func applyKeyframe(
        _ data: UnsafeRawBufferPointer, now: Int64
    ) throws(JSONFault) -> Outcome {
        let outline = try unsafe Outline(data)
        guard let at = outline.at, let list = outline.visitors else { return .malformed }
        heardTime(at, now: now)
        if !isInsideKeyframe {
            isInsideKeyframe = true
            generation &+= 1
            keyframeSecond = HubClock.second(of: at)
            visitorsWithoutRow = 0
            // A keyframe begins with whoever was heard last.
            arrivals &+= 1 << 32
            keyframeArrival = arrivals
        }
        var scanner = list
        try scanner.open()
        var isFirst = true
        while try scanner.nextElement(isFirst: isFirst) {
            isFirst = false
            if let entry = try VisitorEntry(&scanner) { present(entry) }
        }
        if !outline.hasMore {
            endKeyframe()
            shown.awaits(at)
        }
        return .applied
    }

    private mutating func applyFrame(
        _ data: UnsafeRawBufferPointer, now: Int64
    ) throws(JSONFault) -> Outcome {
        let outline = try unsafe Outline(data)
        guard let at = outline.at else { return .malformed }
        heardTime(at, now: now)
        // The rest of a keyframe that a frame follows is not coming any more.
        if isInsideKeyframe { endKeyframe() }
        if var scanner = outline.joins {
            try scanner.open()
            var isFirst = true
            while try scanner.nextElement(isFirst: isFirst) {
                isFirst = false
                if let entry = try VisitorEntry(&scanner) { join(entry, at: at) }
            }
        }
        if var scanner = outline.samples {
            let second = HubClock.second(of: at)
            let isCountedByPage = pages.counts.advance(to: second)
            var count = 0
            try scanner.open()
            var isFirst = true
            while try scanner.nextElement(isFirst: isFirst) {
                isFirst = false
                guard let entry = try VisitorEntry(&scanner), entry.hasPosition else { continue }
                count += 1
                sample(entry, at: at, second: second, isCountedByPage: isCountedByPage)
            }
            history.add(count, at: second)
        }
        if var scanner = outline.leaves {
            try scanner.open()
            var isFirst = true
            while try scanner.nextElement(isFirst: isFirst) {
                isFirst = false
                if let id = try scanner.takeString() { unsafe id.withBytes { unsafe leave($0) } }
            }
        }
        if !outline.hasMore { shown.awaits(at) }
        return .applied
    }

    private mutating func heardTime(_ at: Int64, now: Int64) {
        heardMilliseconds = at
        switch clock.heard(at: at, now: now) {
        case .steady: nowMilliseconds = max(nowMilliseconds, at)
        case .late: nowMilliseconds = at
        case .anotherClock:
            history.restart(at: HubClock.second(of: at))
            pages.counts.restart()
            forgetTraces()
            shown.restart()
            nowMilliseconds = at
        }
    }
}
