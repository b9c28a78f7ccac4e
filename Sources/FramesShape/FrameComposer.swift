import ByteCore
import PointerEvents
import SSEWire

/// Puts the messages of frames and keyframes together; its buffers are used again and again.
///
/// ```
/// {"at":1732109508223,"joins":[...],"samples":[...],"leaves":[...],"more":true}
/// {"at":1732109508123,"visitors":[...],"more":true}
/// ```
struct FrameComposer: ~Copyable {
    var joins = ByteBuffer(capacity: 256)
    var samples = ByteBuffer(capacity: 1_024)
    var leaves = ByteBuffer(capacity: 256)
    /// One entry, before it is known whether the message has room for it.
    var entry = ByteBuffer(capacity: 512)
    /// What stands before a visitor's position in a keyframe.
    var head = ByteBuffer(capacity: 512)
    /// The texts of an entry that has to be short.
    var texts = ByteBuffer(capacity: 256)
    /// Samples in the message at hand.
    var sampleCount: UInt64 = 0
    /// Counts messages. Never 0.
    private var message: UInt32 = 1
    /// By visitor, as far as anybody left: the message in which they did last.
    private var leftInMessage: ContiguousArray<UInt32> = []

    /// Bytes of a frame message that are not entries: id, event, keys, brackets.
    static let frameOverheadBytes = 192
    /// Bytes of the shortest sample there is, `{"id":"a","x":0,"y":0}`.
    static let leastSampleBytes = 22

    /// Bytes of entries in the message at hand.
    var bytes: Int { joins.count + samples.count + leaves.count }

    /// Begins an empty message.
    mutating func begin() {
        joins.removeAll()
        samples.removeAll()
        leaves.removeAll()
        sampleCount = 0
        message = message == .max ? 1 : message + 1
    }

    /// Whether a visitor left in the message at hand.
    @inline(__always)
    func hasLeft(_ visitor: UInt32) -> Bool {
        !leaves.isEmpty && Int(visitor) < leftInMessage.count && leftInMessage[Int(visitor)] == message
    }

    /// Adds a leave to the message at hand.
    mutating func appendLeave(of visitor: UInt32, _ idJSON: UnsafeRawBufferPointer) {
        Self.append(idJSON, to: &leaves)
        while Int(visitor) >= leftInMessage.count {
            leftInMessage.append(contentsOf: repeatElement(0, count: max(64, leftInMessage.count)))
        }
        leftInMessage[Int(visitor)] = message
    }

    /// Appends the frame message to `text` as a part whose last record is `n`, and begins the next.
    mutating func endFrame(into text: TickText, boot: UInt64, n: UInt64, hasMore: Bool) {
        text.text.appendMessageHead(boot: boot, n: n, event: "frame")
        text.text.append("{\"at\":")
        text.text.appendDecimal(text.atMilliseconds)
        text.text.append(",\"joins\":[")
        text.text.append(joins.readable)
        text.text.append("],\"samples\":[")
        text.text.append(samples.readable)
        text.text.append("],\"leaves\":[")
        text.text.append(leaves.readable)
        text.text.append(hasMore ? "],\"more\":true}\n\n" : "]}\n\n")
        text.endPart(n: n, samples: sampleCount)
        begin()
    }

    /// Appends the keyframe message to `text`, and begins the next.
    mutating func endKeyframe(into text: TickText, boot: UInt64, hasMore: Bool) {
        text.text.appendMessageHead(boot: boot, n: text.n, event: "keyframe")
        text.text.append("{\"at\":")
        text.text.appendDecimal(text.atMilliseconds)
        text.text.append(",\"visitors\":[")
        text.text.append(samples.readable)
        text.text.append(hasMore ? "],\"more\":true}\n\n" : "]}\n\n")
        text.endPart(n: text.n, samples: 0)
        begin()
    }

    /// Appends an entry to a list of them, after a comma where it is not the first.
    static func append(_ entry: UnsafeRawBufferPointer, to list: inout ByteBuffer) {
        if !list.isEmpty { list.append(UInt8(ascii: ",")) }
        list.append(entry)
    }
}

extension FrameTicker {
    /// Makes the frame of a tick whose last record is `last`; nil where its records can no longer be lent or
    /// its text is too long. One that is not shared, of a reader alone, is no tick's.
    func composeFrame<Source: FramesSource>(
        _ sequence: UInt64, through last: UInt64, after previousN: UInt64, isShared: Bool = true,
        of source: Source, now: Int64
    ) -> TickText? {
        guard previousN + 1 >= source.firstN else { return nil }
        let text = TickText(
            sequence: sequence, n: last, ordinal: source.headOrdinal, isKeyframe: false,
            atMilliseconds: source.epochMilliseconds(now))
        composer.begin()
        encodeDelays.begin(RecentDelays.second(at: now))
        var n = previousN + 1
        while n <= last {
            let run = source.records(from: n).records
            guard !run.isEmpty else { return nil }
            for index in 0..<run.count {
                let record = run[index]
                if record.type == PointerSample.recordType, isShared {
                    encodeDelays.record(now &- record.receivedNanoseconds)
                }
                compose(record, n: n, of: source, into: text)
                guard text.text.count + composer.bytes <= limits.frameBytes else { return nil }
                n += 1
            }
        }
        composer.endFrame(into: text, boot: source.boot, n: last, hasMore: false)
        if isShared { counted.frames += 1 }
        return text
    }

    /// Adds one record to the frame message at hand, or begins the next with it.
    @inline(__always)
    private func compose<Source: FramesSource>(
        _ record: PointerSample, n: UInt64, of source: Source, into text: TickText
    ) {
        if composer.hasLeft(record.slot), !isFaulty(.returnNotSplit) {
            // Joins, samples, leaves are applied in this order: who left is not back before the next message.
            composer.endFrame(into: text, boot: source.boot, n: n - 1, hasMore: true)
        }
        let visitor = source.identity(of: record.slot)
        let isKill = record.type == RecordRun.killType
        let isJoin = !isKill && record.flags & RecordRun.joinedFlag != 0 && !isFaulty(.joinForgotten)
        composer.entry.removeAll()
        var joinBytes = 0
        if isKill {
            composer.entry.append(visitor.idJSON)
        } else {
            if isJoin {
                composer.entry.append("{\"id\":")
                composer.entry.append(visitor.idJSON)
                composer.entry.append(",\"since\":")
                composer.entry.appendDecimal(source.epochMilliseconds(visitor.sinceNanoseconds))
                composer.entry.append(",\"worker\":")
                composer.entry.appendDecimal(Int(visitor.processID))
                composer.entry.append("}")
                joinBytes = composer.entry.count
            }
            appendEntry(record, tail: source.tail(of: n), idPrefix: visitor.prefix, of: source)
        }
        let room = limits.messageBytes - FrameComposer.frameOverheadBytes
        if composer.bytes > 0, composer.bytes + composer.entry.count + 2 > room {
            composer.endFrame(into: text, boot: source.boot, n: n - 1, hasMore: !isFaulty(.moreForgotten))
        }
        let entry = composer.entry.readable
        if isKill {
            composer.appendLeave(of: record.slot, entry)
        } else {
            if isJoin {
                FrameComposer.append(
                    UnsafeRawBufferPointer(rebasing: entry[0..<joinBytes]), to: &composer.joins)
            }
            FrameComposer.append(UnsafeRawBufferPointer(rebasing: entry[joinBytes...]), to: &composer.samples)
            composer.sampleCount += 1
        }
    }

    @inline(__always)
    func appendEntry<Source: FramesSource>(
        _ sample: PointerSample, tail: @autoclosure () -> SampleTail, idPrefix: UnsafeRawBufferPointer,
        of source: Source
    ) {
        let page = source.pageJSON(sample.page)
        guard sample.fields.contains(.tail) else {
            return composer.entry.appendSampleJSON(sample, idPrefix: idPrefix, page: page)
        }
        let tail = tail()
        composer.entry.appendSampleJSON(
            sample, tail: tail, idPrefix: idPrefix, page: page, name: source.nameJSON(tail.name),
            element: source.elementJSON(tail.element))
    }
}
