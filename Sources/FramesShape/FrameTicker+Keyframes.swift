import ByteCore
import PointerEvents

/// The text of keyframes.
extension FrameTicker {
    /// Makes the keyframe of a tick: everyone present, those who moved last first.
    ///
    /// Nobody is left out. Where all that they say of themselves is more than there is room for, each has a
    /// share of it, and whoever says more is told in short: as the next one will be like it, that is how the
    /// next one begins.
    func composeKeyframe<Source: FramesSource>(
        _ group: RateGroup, of source: Source, now: Int64
    ) -> TickText {
        let text = TickText(
            sequence: group.sequence, n: group.n, ordinal: source.headOrdinal, isKeyframe: true,
            atMilliseconds: source.epochMilliseconds(now), expectedBytes: expectedKeyframeBytes)
        var room = KeyframeRoom(limits, visitors: source.presentCount)
        writeKeyframe(into: text, &room, of: source, now: now)
        if room.isExceeded != sharesKeyframes {
            // Both ways count the same bytes, so the other one is right.
            sharesKeyframes.toggle()
            text.removeAll()
            room = KeyframeRoom(limits, visitors: source.presentCount)
            writeKeyframe(into: text, &room, of: source, now: now)
        }
        // The next one will be about as long; doubling its way there would take twice the memory.
        expectedKeyframeBytes = text.text.count + text.text.count / 16
        counted.keyframes += 1
        if room.cutEntries + room.placeEntries > 0 { counted.shortenedKeyframes += 1 }
        counted.cutEntries += room.cutEntries
        counted.placeEntries += room.placeEntries
        return text
    }

    /// Writes everyone down; gives up where that is to be done in full and there is no room for it.
    private func writeKeyframe<Source: FramesSource>(
        into text: TickText, _ room: inout KeyframeRoom, of source: Source, now: Int64
    ) {
        composer.begin()
        let most = limits.messageBytes - FrameComposer.frameOverheadBytes
        var visitor = source.newestVisitor
        while visitor != RecordRun.nobody {
            composer.entry.removeAll()
            appendKeyframeEntry(visitor, of: source, now: now)
            room.sees(composer.entry.count + 1)
            if sharesKeyframes {
                let form = shorten(visitor, to: room.share, of: source, now: now)
                room.takes(composer.entry.count + 1, form)
            }
            if composer.bytes > 0, composer.bytes + composer.entry.count + 1 > most {
                if room.isExceeded, !sharesKeyframes { return }
                composer.endKeyframe(into: text, boot: source.boot, hasMore: true)
            }
            FrameComposer.append(composer.entry.readable, to: &composer.samples)
            visitor = source.visitor(before: visitor)
        }
        composer.endKeyframe(into: text, boot: source.boot, hasMore: false)
    }

    private func appendKeyframeEntry<Source: FramesSource>(
        _ number: UInt32, of source: Source, now: Int64
    ) {
        let visitor = source.identity(of: number)
        let standing = source.standing(of: number, now: now)
        composer.head.removeAll()
        composer.head.append("{\"id\":")
        composer.head.append(visitor.idJSON)
        composer.head.append(",\"since\":")
        composer.head.appendDecimal(source.epochMilliseconds(visitor.sinceNanoseconds))
        composer.head.append(",\"worker\":")
        composer.head.appendDecimal(Int(visitor.processID))
        composer.head.append(",\"rate\":")
        composer.head.appendNumber(standing.rate)
        composer.head.append(",\"last\":")
        composer.head.appendDecimal(source.epochMilliseconds(standing.lastNanoseconds))
        if standing.hasSample {
            // The head takes the place of the id with which a sample's text begins.
            composer.head.append(",\"x\":")
            appendEntry(
                standing.newest, tail: standing.newestTail, idPrefix: composer.head.readable, of: source)
        } else {
            composer.head.append("}")
            composer.entry.append(composer.head.readable)
        }
    }

    /// Makes the entry at hand, of one who is present, one of `share` bytes with its comma: cuts its texts,
    /// and where that is not enough, says where the visitor is and no more.
    private func shorten<Source: FramesSource>(
        _ number: UInt32, to share: Int, of source: Source, now: Int64
    ) -> KeyframeRoom.Form {
        let whole = composer.entry.count
        guard whole + 1 > share else { return .whole }
        let standing = source.standing(of: number, now: now)
        // There is no less to say of one who has said nothing.
        guard standing.hasSample else { return .whole }
        composer.entry.removeAll()
        appendCutEntry(standing, of: source)
        if composer.entry.count + 1 <= share { return .cutTexts }
        composer.entry.removeAll()
        composer.entry.appendSampleJSON(
            PointerSample(x: standing.newest.x, y: standing.newest.y), idPrefix: composer.head.readable,
            page: UnsafeRawBufferPointer(start: nil, count: 0))
        // Whose place is all that they ever said is told whole.
        return composer.entry.count < whole ? .place : .whole
    }

    /// Appends the entry whose head is at hand with texts that are cut.
    private func appendCutEntry<Source: FramesSource>(_ standing: VisitorStanding, of source: Source) {
        let (sample, tail) = (standing.newest, standing.newestTail)
        composer.texts.removeAll()
        if sample.fields.contains(.page) { appendCut(source.pageJSON(sample.page)) }
        let pageEnd = composer.texts.count
        guard sample.fields.contains(.tail) else {
            return composer.entry.appendSampleJSON(
                sample, idPrefix: composer.head.readable, page: composer.texts.readable)
        }
        if tail.fields.contains(.name) { appendCut(source.nameJSON(tail.name)) }
        let nameEnd = composer.texts.count
        if tail.fields.contains(.element) { appendCut(source.elementJSON(tail.element)) }
        let texts = composer.texts.readable
        composer.entry.appendSampleJSON(
            sample, tail: tail, idPrefix: composer.head.readable,
            page: UnsafeRawBufferPointer(rebasing: texts[..<pageEnd]),
            name: UnsafeRawBufferPointer(rebasing: texts[pageEnd..<nameEnd]),
            element: UnsafeRawBufferPointer(rebasing: texts[nameEnd...]))
    }

    private func appendCut(_ json: UnsafeRawBufferPointer) {
        composer.texts.appendCut(json: json, to: limits.cutTextBytes)
    }
}
