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
    /// Samples in the message at hand.
    var sampleCount: UInt64 = 0
    /// Counts messages, so that a visitor's entry can say in which of them they left. Never 0.
    private(set) var message: UInt32 = 1

    /// Bytes of a frame message that are not entries: id, event, keys, brackets.
    static let frameOverheadBytes = 192

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

extension BroadcastHub {
    /// Makes the frame of a tick from the ring; nil where its samples have left the ring or its text is too
    /// long.
    func composeFrame(_ group: RateGroup, after previousN: UInt64, now: Int64) -> TickText? {
        guard previousN + 1 >= ring.firstN else { return nil }
        let text = TickText(
            sequence: group.sequence, n: group.n, ordinal: ring.headOrdinal, isKeyframe: false,
            atMilliseconds: epochMilliseconds(now))
        composer.begin()
        encodeDelays.begin(second(at: now))
        var n = previousN + 1
        var index = ring.segmentIndex(of: n)
        while n <= group.n {
            let segment = ring.segments[index]
            while n < segment.endN {
                let record = segment.records + Int(n - segment.firstN)
                if record.pointee.type == PointerSample.recordType {
                    encodeDelays.record(now &- record.pointee.receivedNanoseconds)
                }
                compose(record.pointee, n: n, into: text)
                guard text.text.count + composer.bytes <= limits.frameBytes else { return nil }
                n += 1
            }
            index += 1
        }
        composer.endFrame(into: text, boot: boot, n: group.n, hasMore: false)
        counted.frames += 1
        return text
    }

    /// Adds one record to the frame message at hand, or begins the next with it.
    private func compose(_ record: PointerSample, n: UInt64, into text: TickText) {
        let visitor = visitors[record.slot]
        if visitor.pointee.leftInMessage == composer.message, !isFaulty(.returnNotSplit) {
            // Joins, samples, leaves are applied in this order: who left is not back before the next message.
            composer.endFrame(into: text, boot: boot, n: n - 1, hasMore: true)
        }
        let isKill = record.type == RingSegment.killRecordType
        let isJoin = !isKill && record.flags & RingSegment.joinedFlag != 0 && !isFaulty(.joinForgotten)
        composer.entry.removeAll()
        var joinBytes = 0
        if isKill {
            composer.entry.append(visitor.pointee.idJSON)
        } else {
            if isJoin {
                composer.entry.append("{\"id\":")
                composer.entry.append(visitor.pointee.idJSON)
                composer.entry.append(",\"since\":")
                composer.entry.appendDecimal(epochMilliseconds(visitor.pointee.sinceNanoseconds))
                composer.entry.append(",\"worker\":")
                composer.entry.appendDecimal(Int(visitor.pointee.processID))
                composer.entry.append("}")
                joinBytes = composer.entry.count
            }
            composer.entry.appendSampleJSON(
                record, idPrefix: visitor.pointee.prefix, page: pages.json(record.page))
        }
        let room = limits.frameMessageBytes - FrameComposer.frameOverheadBytes
        if composer.bytes > 0, composer.bytes + composer.entry.count + 2 > room {
            composer.endFrame(into: text, boot: boot, n: n - 1, hasMore: !isFaulty(.moreForgotten))
        }
        let entry = composer.entry.readable
        if isKill {
            FrameComposer.append(entry, to: &composer.leaves)
            visitor.pointee.leftInMessage = composer.message
        } else {
            if isJoin {
                FrameComposer.append(
                    UnsafeRawBufferPointer(rebasing: entry[0..<joinBytes]), to: &composer.joins)
            }
            FrameComposer.append(UnsafeRawBufferPointer(rebasing: entry[joinBytes...]), to: &composer.samples)
            composer.sampleCount += 1
        }
    }

    /// Makes the keyframe of a tick: everyone present, those who moved last first.
    func composeKeyframe(_ group: RateGroup, now: Int64) -> TickText {
        let text = TickText(
            sequence: group.sequence, n: group.n, ordinal: ring.headOrdinal, isKeyframe: true,
            atMilliseconds: epochMilliseconds(now), expectedBytes: expectedKeyframeBytes)
        composer.begin()
        let room = limits.frameMessageBytes - FrameComposer.frameOverheadBytes
        var visitor = visitors.newest
        while visitor != Visitor.none {
            composer.entry.removeAll()
            appendKeyframeEntry(visitor, now: now)
            if composer.bytes > 0, composer.bytes + composer.entry.count + 1 > room {
                if text.text.count + composer.bytes > limits.keyframeBytes {
                    counted.truncatedKeyframes += 1
                    break
                }
                composer.endKeyframe(into: text, boot: boot, hasMore: true)
            }
            FrameComposer.append(composer.entry.readable, to: &composer.samples)
            visitor = visitors.previous(of: visitor)
        }
        composer.endKeyframe(into: text, boot: boot, hasMore: false)
        // The next one will be about as long; doubling its way there would take twice the memory.
        expectedKeyframeBytes = text.text.count + text.text.count / 16
        counted.keyframes += 1
        return text
    }

    private func appendKeyframeEntry(_ index: UInt32, now: Int64) {
        let visitor = visitors[index].pointee
        let hasSample = visitor.flags.contains(.hasSample)
        let last = hasSample ? visitor.newest.receivedNanoseconds : visitor.sinceNanoseconds
        composer.head.removeAll()
        composer.head.append("{\"id\":")
        composer.head.append(visitor.idJSON)
        composer.head.append(",\"since\":")
        composer.head.appendDecimal(epochMilliseconds(visitor.sinceNanoseconds))
        composer.head.append(",\"worker\":")
        composer.head.appendDecimal(Int(visitor.processID))
        composer.head.append(",\"rate\":")
        composer.head.appendNumber(rate(of: visitor, now: now))
        composer.head.append(",\"last\":")
        composer.head.appendDecimal(epochMilliseconds(last))
        if hasSample {
            // The head takes the place of the id with which a sample's text begins.
            composer.head.append(",\"x\":")
            let sample = visitors.surroundings[Int(index)].filledInto(visitor.newest)
            composer.entry.appendSampleJSON(
                sample, idPrefix: composer.head.readable, page: pages.json(sample.page))
        } else {
            composer.head.append("}")
            composer.entry.append(composer.head.readable)
        }
    }
}
