import ByteCore
import PointerEvents

/// Pages, names and elements: the numbers of texts, and which of them something still names.
extension BroadcastHub {
    /// The number of a text, sweeping out those nobody names any more where there is no room; `isJSON` says
    /// that it is a JSON string already.
    func intern(_ kind: TextKind, _ text: UnsafeRawBufferPointer, isJSON: Bool = false) -> UInt32? {
        if texts[kind].count >= texts[kind].sweepDue { sweep(kind) }
        if let number = isJSON ? texts[kind].intern(json: text) : texts[kind].intern(text) { return number }
        if texts[kind].sweepHolidays > 0 {
            texts[kind].sweepHolidays -= 1
            return nil
        }
        sweep(kind)
        return isJSON ? texts[kind].intern(json: text) : texts[kind].intern(text)
    }

    /// Sweeps out the texts of every kind that nothing names any more.
    func sweepTexts() {
        for kind in TextKind.allCases { sweep(kind) }
    }

    private func sweep(_ kind: TextKind) {
        counted.pageSweeps += 1
        ring.seal()
        texts[kind].beginSweep()
        if !isFaulty(.sweepOverRing) { markRing(kind) }
        var visitor = visitors.oldest
        while visitor != Visitor.none {
            mark(kind, of: visitor)
            visitor = visitors.next(of: visitor)
        }
        channels.forEachText(kind) { texts[kind].mark($0) }
        if kind == .page {
            for move in moves.moves.values {
                for speaker in move.speakers where speaker.page != PageTable.none {
                    texts.pages.mark(speaker.page)
                }
            }
        }
        if kind == .page, !isFaulty(.sweepOverHistories) {
            for place in histories.pages.places { texts.pages.mark(place.page) }
        }
        let before = texts[kind].count
        texts[kind].sweep()
        // A number that is free may be another page's soon.
        if kind == .page, !isFaulty(.verdictsOutliveSweep) { scopeIndex.forgetPages() }
        // A sweep looks at everything; one that frees little must not be paid for by every new text.
        let limit = texts[kind].limit
        texts[kind].sweepDue = max(limits.pagesBeforeSweep, texts[kind].count * 2)
        texts[kind].sweepHolidays = before - texts[kind].count < limit / 8 ? limit / 8 : 0
    }

    private func markRing(_ kind: TextKind) {
        for segment in ring.segments {
            guard kind != .page else {
                for index in 0..<segment.count where segment.records[index].fields.contains(.page) {
                    texts.pages.mark(segment.records[index].page)
                }
                continue
            }
            for index in 0..<segment.tails.count { mark(kind, in: segment.tails[index].tail) }
        }
    }

    private func mark(_ kind: TextKind, of visitor: UInt32) {
        if kind == .page {
            // The newest sample's page is among these unless another one followed it.
            texts.pages.mark(visitors.surroundings[Int(visitor)].page)
        } else if visitors[visitor].pointee.flags.contains(.hasTail) {
            mark(kind, in: visitors.tails[Int(visitor)])
        }
    }

    private func mark(_ kind: TextKind, in tail: SampleTail) {
        if kind == .name, tail.fields.contains(.name) { texts.names.mark(tail.name) }
        if kind == .element, tail.fields.contains(.element) { texts.elements.mark(tail.element) }
    }

    /// The channel's samples will name the page `path` (at most 256 bytes of UTF-8) by `index`.
    public func page(channel: Int, index: UInt32, bytes path: UnsafeRawBufferPointer) {
        told(.page, channel, index, path)
    }

    /// The channel's tails will say the name `name` (at most 64 bytes of UTF-8) by `index`.
    public func name(channel: Int, index: UInt32, bytes name: UnsafeRawBufferPointer) {
        told(.name, channel, index, name)
    }

    /// The channel's tails will say the element `element` (at most 64 bytes of UTF-8) by `index`.
    public func element(channel: Int, index: UInt32, bytes element: UnsafeRawBufferPointer) {
        told(.element, channel, index, element)
    }

    /// The channel's number of a page stands for none from here on.
    public func noPage(channel: Int, index: UInt32) { untold(.page, channel, index) }

    /// The channel's number of a name stands for none from here on.
    public func noName(channel: Int, index: UInt32) { untold(.name, channel, index) }

    /// The channel's number of an element stands for none from here on.
    public func noElement(channel: Int, index: UInt32) { untold(.element, channel, index) }

    private func untold(_ kind: TextKind, _ channel: Int, _ index: UInt32) {
        guard channels.isOpen(channel) else { return }
        if channels.text(kind, channel: channel, number: index) != PageTable.none { crowdLook.renamed += 1 }
        _ = channels.setText(kind, channel: channel, number: index, to: PageTable.none)
    }

    private func told(
        _ kind: TextKind, _ channel: Int, _ index: UInt32, _ bytes: UnsafeRawBufferPointer
    ) {
        guard channels.isOpen(channel) else { return }
        guard bytes.count <= kind.mostBytes, UTF8Validator.isValid(bytes), let text = intern(kind, bytes)
        else {
            counted.refusedPages += 1
            _ = channels.setText(kind, channel: channel, number: index, to: PageTable.none)
            return
        }
        let before = channels.text(kind, channel: channel, number: index)
        if before != PageTable.none, before != text { crowdLook.renamed += 1 }
        if !channels.setText(kind, channel: channel, number: index, to: text) { counted.refusedPages += 1 }
    }
}

/// What samples say in tails.
extension BroadcastHub {
    /// Takes the tail of the newest record, a sample of `visitor`; returns it with the hub's texts.
    @inline(never)
    func takeTail(_ tail: SampleTail, of visitor: UInt32, channel: Int) -> SampleTail {
        var own = tail
        if tail.fields.contains(.name) {
            own.name = channels.text(.name, channel: channel, number: tail.name)
        }
        if tail.fields.contains(.element) {
            own.element = channels.text(.element, channel: channel, number: tail.element)
        }
        return keepTail(own, of: visitor)
    }

    /// The same where it says the hub's texts already; one of none, for which there was no room, is left out.
    func keepTail(_ tail: SampleTail, of visitor: UInt32) -> SampleTail {
        var own = tail
        if own.fields.contains(.name), own.name == PageTable.none {
            own.fields.remove(.name)
            visitors.dropName(of: visitor)
        }
        if own.fields.contains(.element), own.element == PageTable.none { own.fields.remove(.element) }
        visitors.keep(own, of: visitor)
        ring.appendTail(own)
        if ring.isOverLimit { trimRing() }
        return own
    }

    /// Says in the newest record, of a visitor who was kept, what else holds of what was said in tails.
    func fillTail(of visitor: UInt32, into record: UnsafeMutablePointer<PointerSample>) {
        let hasOwn = record.pointee.fields.contains(.tail)
        guard let filled = visitors.filledTail(of: visitor, hasOwn: hasOwn) else { return }
        if hasOwn { return ring.replaceNewestTail(by: filled) }
        // The element of a click before is not this one's.
        if !isFaulty(.elementOutlivesClick) { visitors.tails[Int(visitor)].fields.remove(.element) }
        ring.appendTail(filled)
        if ring.isOverLimit { trimRing() }
    }

    /// A visitor's newest sample with its tail and all that holds beside them.
    func filledNewest(of visitor: UInt32) -> (sample: PointerSample, tail: SampleTail) {
        let newest = newest(of: visitor)
        var sample = visitors.surroundings[Int(visitor)].filledInto(newest)
        let tail = visitors.filledTail(of: visitor, hasOwn: newest.fields.contains(.tail))
        if tail != nil { sample.fields.insert(.tail) } else { sample.fields.remove(.tail) }
        return (sample, tail ?? SampleTail())
    }
}
