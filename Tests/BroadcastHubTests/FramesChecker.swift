import SSEWire

/// What the world was like at a tick of one rate, for those frames and keyframes that were made then.
struct TickSnapshot {
    var n: Int
    /// n at the tick before, when there is a frame.
    var frameAfter: Int?
    /// The keyframe's entries, when there is one.
    var keyframe: [[UInt8]]?
    /// Of everyone, epoch milliseconds as they were told then.
    var since: [Int]
    var pids: [Int32]
    /// How often the clock had been set.
    var clockSettings: Int

    /// Nothing was made at this moment yet.
    init(of world: World) {
        n = world.head
        since = world.people.map { world.milliseconds($0.since) }
        pids = world.people.map(\.pid)
        clockSettings = world.clockSettings
    }
}

/// Reads a frames-shape stream as a client does, and holds every message against the world's log.
struct FramesChecker: ~Copyable {
    private var world: World
    /// The id of the last whole message; nil before the first.
    private(set) var cursor: LastEventID?
    private var parser = EventStreamParser()
    /// Snapshots by `at`, shared with the simulation.
    private var covered: Int
    private var isInSync = false
    /// How often the clock had been set when everything was told anew.
    private var clockSettings = 0
    /// Entries of the keyframe at hand while more is to come, and its `at`.
    private var unfinished: (at: Int, entries: [UInt8])?
    private var unfinishedFrameAt: Int?
    private var lastN = 0
    private var lastStatus = 0
    private var messageLimit: Int
    /// The key of the status that is meant for this viewer.
    private var statusKey: Character
    private(set) var delivered: UInt64 = 0
    private(set) var conflated: UInt64 = 0
    private(set) var keyframes = 0
    private(set) var frames = 0
    private(set) var unfinishedFrames = 0
    private(set) var unfinishedKeyframes = 0
    private(set) var terminators = 0
    private(set) var statuses = 0

    init(world: World, start: Int, messageLimit: Int, statusKey: Character) {
        self.world = world
        self.statusKey = statusKey
        covered = start
        self.messageLimit = messageLimit
    }

    /// From here on everything is of another world, or anew of this one; a keyframe that is not at its end
    /// has to be ended first.
    mutating func adopt(_ world: World, start: Int, statusKey: Character) {
        self.world = world
        self.statusKey = statusKey
        covered = start
        isInSync = false
        unfinishedFrameAt = nil
        lastN = 0
        lastStatus = 0
        keyframes = 0
        cursor = nil
    }

    /// What is delivered from here on is of another account.
    mutating func countDeliveredAnew() { delivered = 0 }

    /// What is skipped from here on is of another account.
    mutating func countConflatedAnew() { conflated = 0 }

    /// What follows is on another connection: neither a message nor a keyframe that was not whole is had.
    mutating func reconnect() {
        parser = EventStreamParser()
        unfinished = nil
    }

    /// It asks for what came after `n`, which it has whole.
    mutating func resumes(at n: Int) { unfinishedFrameAt = nil }

    /// How often the clock had been set when everything was told anew.
    var knownClockSettings: Int { clockSettings }

    /// The n up to which a viewer has everything; nil where it waits for a keyframe.
    var wholeThrough: Int? { isInSync && unfinished == nil && unfinishedFrameAt == nil ? covered : nil }

    /// Takes bytes of the stream; returns what is wrong with them.
    mutating func take(_ bytes: UnsafeRawBufferPointer, _ ticks: [Int: TickSnapshot], statuses: Int)
        -> String?
    {
        var offset = 0
        do {
            while let message = try parser.next(bytes, offset: &offset) {
                if let wrong = check(message, ticks, statuses: statuses) { return wrong }
            }
        } catch {
            return "the parser failed: \(error)"
        }
        return nil
    }

    private mutating func check(
        _ message: EventStreamMessage, _ ticks: [Int: TickSnapshot], statuses: Int
    ) -> String? {
        guard let id = LastEventID.parse(message.id), id.boot == world.boot else { return "no id" }
        let n = Int(id.n)
        guard n >= lastN, n <= world.head else { return "the id \(n) after \(lastN)" }
        lastN = n
        cursor = id
        // id, event, data and what stands between them.
        let size = message.id.count + message.event.count + message.data.count + 21
        guard size <= messageLimit else { return "a message of \(size) bytes" }
        if message.event.elementsEqual("status".utf8) { return checkStatus(message, statuses: statuses) }
        guard var fields = Fields(message.data), let at = fields.at else { return "no at" }
        if message.event.elementsEqual("keyframe".utf8) {
            return checkKeyframe(&fields, at: at, n: n, ticks)
        }
        guard message.event.elementsEqual("frame".utf8) else { return "an unknown event" }
        return checkFrame(fields, at: at, n: n, ticks)
    }

    private mutating func checkStatus(_ message: EventStreamMessage, statuses: Int) -> String? {
        let number = Int(String(decoding: message.data.dropFirst(5).dropLast(), as: UTF8.self)) ?? 0
        guard message.data.starts(with: "{\"\(statusKey)\":".utf8) else { return "somebody else's status" }
        guard number > lastStatus, number <= statuses else { return "status \(number) after \(lastStatus)" }
        guard unfinished == nil, keyframes > 0 else { return "a status within a keyframe" }
        lastStatus = number
        self.statuses += 1
        return nil
    }

    private mutating func checkKeyframe(
        _ fields: inout Fields, at: Int, n: Int, _ ticks: [Int: TickSnapshot]
    ) -> String? {
        guard let inner = fields.inner(after: ",\"visitors\":[") else { return "a keyframe without visitors" }
        if let begun = unfinished, begun.at != at {
            // Broken off: an empty last part must end it before another begins.
            guard inner.isEmpty, !fields.hasMore else { return "a keyframe within a keyframe" }
            unfinished = nil
            isInSync = false
            terminators += 1
            return nil
        }
        guard let tick = ticks[at], let entries = tick.keyframe else { return "no keyframe was due at \(at)" }
        guard tick.n == n else { return "a keyframe of \(tick.n) with the id \(n)" }
        if unfinished == nil {
            if let after = tick.frameAfter, isInSync, covered == after, unfinishedFrameAt == nil {
                return "a keyframe to one who had everything through \(after)"
            }
            guard n >= covered else { return "a keyframe of \(n) to one who has \(covered)" }
            keyframes += 1
            conflated += world.ordinal(n) - world.ordinal(covered)
            covered = n
            isInSync = false
            unfinishedFrameAt = nil
        }
        var text = unfinished?.entries ?? []
        if !text.isEmpty { text.append(UInt8(ascii: ",")) }
        text += inner
        if fields.hasMore {
            unfinished = (at, text)
            unfinishedKeyframes += 1
            return nil
        }
        unfinished = nil
        isInSync = true
        clockSettings = tick.clockSettings
        let expected = Array(entries.joined(separator: [UInt8(ascii: ",")]))
        return text == expected
            ? nil
            : "the keyframe is \(String(decoding: text, as: UTF8.self)), "
                + "should be \(String(decoding: expected, as: UTF8.self))"
    }

    private mutating func checkFrame(
        _ fields: Fields, at: Int, n: Int, _ ticks: [Int: TickSnapshot]
    ) -> String? {
        guard isInSync, unfinished == nil else { return "a frame without a keyframe" }
        guard let tick = ticks[at], let after = tick.frameAfter else { return "no frame was due at \(at)" }
        guard tick.clockSettings == clockSettings else { return "a frame to one who knows another clock" }
        if let begun = unfinishedFrameAt {
            guard begun == at else { return "a frame within a frame" }
        } else {
            guard covered == after else { return "a frame after \(after) to one who has \(covered)" }
        }
        guard n > covered, fields.hasMore == (n < tick.n) else {
            return "a frame part through \(n) of \(tick.n) after \(covered)"
        }
        frames += 1
        if fields.hasMore { unfinishedFrames += 1 }
        delivered += world.ordinal(n) - world.ordinal(covered)
        let expected = frameText(after: covered, through: n, at: at, hasMore: fields.hasMore, tick)
        covered = n
        unfinishedFrameAt = fields.hasMore ? at : nil
        guard let expected else { return "a frame in which one who left comes back" }
        return fields.equals(expected)
            ? nil : "the frame is \(fields.text), should be \(String(decoding: expected, as: UTF8.self))"
    }

    /// A frame's JSON; nil where it could not be applied as joins, samples, leaves.
    private func frameText(
        after: Int, through: Int, at: Int, hasMore: Bool, _ tick: TickSnapshot
    ) -> [UInt8]? {
        var joins: [[UInt8]] = []
        var samples: [[UInt8]] = []
        var leaves: [[UInt8]] = []
        var gone: Set<Int> = []
        for event in world.events[after..<through] {
            guard !gone.contains(event.visitor) else { return nil }
            let idJSON = world.people[event.visitor].idJSON
            if event.isKill {
                gone.insert(event.visitor)
                leaves.append(idJSON)
                continue
            }
            if event.isJoin {
                let since = tick.since[event.visitor]
                var join = Array("{\"id\":".utf8)
                join += idJSON
                joins.append(join + Array(",\"since\":\(since),\"worker\":\(tick.pids[event.visitor])}".utf8))
            }
            samples.append(event.data)
        }
        let comma = [UInt8(ascii: ",")]
        var text = Array("{\"at\":\(at),\"joins\":[".utf8)
        text += joins.joined(separator: comma)
        text += Array("],\"samples\":[".utf8)
        text += samples.joined(separator: comma)
        text += Array("],\"leaves\":[".utf8)
        text += leaves.joined(separator: comma)
        return text + Array((hasMore ? "],\"more\":true}" : "]}").utf8)
    }
}

/// The parts of a frame's or keyframe's text that the checker looks at one by one.
private struct Fields {
    private let bytes: UnsafeRawBufferPointer
    let at: Int?
    let hasMore: Bool
    private var position: Int

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.starts(with: "{\"at\":".utf8) else { return nil }
        self.bytes = bytes
        position = 6
        var value = 0
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            value = value * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        at = value
        hasMore = bytes.suffix(14).elementsEqual("],\"more\":true}".utf8)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func equals(_ other: [UInt8]) -> Bool { bytes.elementsEqual(other) }

    /// What stands between `key` and the closing bracket of the message's only list.
    func inner(after key: String) -> [UInt8]? {
        let rest = bytes[position...]
        guard rest.starts(with: key.utf8) else { return nil }
        let end = bytes.count - (hasMore ? 14 : 2)
        let start = position + key.utf8.count
        guard end >= start, hasMore || bytes.suffix(2).elementsEqual("]}".utf8) else { return nil }
        return Array(bytes[start..<end])
    }
}
