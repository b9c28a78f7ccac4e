import FramesShape
public import PointerEvents

/// The samples that the data channels bring.
extension BroadcastHub {
    /// A sample without a tail arrived; its `slot` and `page` are the channel's numbers.
    public func received(channel: Int, _ sample: PointerSample, now: Int64) {
        withUnsafePointer(to: sample) { received(channel: channel, $0, now: now) }
    }

    /// A sample with a tail arrived; the numbers of its texts are the channel's, too.
    public func received(channel: Int, _ sample: PointerSample, tail: SampleTail, now: Int64) {
        withUnsafePointer(to: sample) { take(channel: channel, $0, tail: tail, now: now) }
    }

    private static var surroundingFields: UInt8 {
        SampleFields.page.rawValue | SampleFields.width.rawValue | SampleFields.height.rawValue
    }

    /// A sample without a tail arrived; its `slot` and `page` are the channel's numbers.
    public func received(channel: Int, _ sample: UnsafePointer<PointerSample>, now: Int64) {
        take(channel: channel, sample, tail: nil, now: now)
    }

    /// Samples without tails arrived, one behind the other, as many do at a time. The hot path.
    public func received(channel: Int, _ samples: UnsafePointer<PointerSample>, count: Int, now: Int64) {
        // No sample changes what a slot stands for.
        let slots = channels.slotsIfKnown(of: channel)
        var index = 0
        while index < count {
            let sample = samples + index
            let left = count &- index
            let taken = takeUsual(of: slots[sample.pointee.slot], sample, upTo: left, now: now)
            guard taken == 0 else {
                index &+= taken
                continue
            }
            take(channel: channel, sample, tail: nil, now: now)
            index &+= 1
            guard index < count, (sample + 1).pointee.slot == sample.pointee.slot,
                !hasScopes || concernsNoScope(channel: channel, slot: sample.pointee.slot)
            else { continue }
            index &+= takeMore(channel: channel, sample + 1, upTo: count &- index, now: now)
        }
    }

    /// Takes samples of somebody who is known, who say nothing new of their surroundings; returns how many
    /// stand there, and 0 where there is more to the first one.
    ///
    /// Of the visitor's entry only what the last of them says is of interest.
    @inline(__always)
    private func takeUsual(
        of visitor: UInt32, _ samples: UnsafePointer<PointerSample>, upTo count: Int, now: Int64
    ) -> Int {
        guard visitor < Visitor.refused, now < secondEndsAt, !hasScopes else { return 0 }
        let entry = visitors[visitor]
        guard entry.pointee.flags.intersection([.hasSample, .pinned]) == .hasSample,
            entry.pointee.orderN > catchUpUntil
        else { return 0 }
        let taken = append(samples, upTo: count, of: visitor, now: now)
        if taken > 0, !isFaulty(.orderForgotten) { visitors.moveToNewest(visitor) }
        return taken
    }

    /// Takes the samples that stand behind one of the same slot and say nothing new of its surroundings;
    /// returns how many they were.
    @inline(__always)
    private func takeMore(
        channel: Int, _ samples: UnsafePointer<PointerSample>, upTo count: Int, now: Int64
    ) -> Int {
        let visitor = channels.visitor(channel: channel, slot: samples.pointee.slot)
        return visitor < Visitor.refused ? append(samples, upTo: count, of: visitor, now: now) : 0
    }

    /// Appends samples of one slot that say nothing of surroundings, as many as stand there and the ring's
    /// head has room for.
    @inline(__always)
    private func append(
        _ samples: UnsafePointer<PointerSample>, upTo count: Int, of visitor: UInt32, now: Int64
    ) -> Int {
        let taken = ring.append(
            samples, upTo: count, without: Self.surroundingFields, as: visitor, now: now,
            delays: &relayDelays)
        guard taken > 0 else { return 0 }
        let entry = visitors[visitor]
        entry.pointee.lastNanoseconds = now
        entry.pointee.orderN = ring.headN
        entry.pointee.rate.bump(second, by: UInt32(truncatingIfNeeded: taken))
        return taken
    }

    @inline(never)
    private func take(
        channel: Int, _ sample: UnsafePointer<PointerSample>, tail: SampleTail?, now: Int64
    ) {
        let visitor = channels.visitor(channel: channel, slot: sample.pointee.slot)
        guard visitor < Visitor.refused else {
            dropped(ofSlot: visitor)
            return
        }
        if ring.isHeadFull { startSegment() }
        if now >= secondEndsAt { startSecond(now) }
        let record = ring.append(sample)
        record.pointee.type = PointerSample.recordType
        record.pointee.slot = visitor
        relayDelays.record(now &- record.pointee.receivedNanoseconds)
        record.pointee.receivedNanoseconds = now
        let entry = visitors[visitor]
        if sample.pointee.fields.contains(.page) {
            let page = channels.page(channel: channel, number: sample.pointee.page)
            record.pointee.page = page
            // A page there was no room for: the sample goes out without it.
            if page == PageTable.none { record.pointee.fields.remove(.page) }
            if visitors.surroundings[Int(visitor)].page != page { turnHistory(of: visitor) }
            visitors.surroundings[Int(visitor)].page = page
            if !isFaulty(.verdictOutlivesPage) { entry.pointee.flags.remove(.unscoped) }
            channels.setSlotPage(channel: channel, slot: sample.pointee.slot, to: page)
            // The only connection's page, and its sample.
            if entry.pointee.speakers == 1 { entry.pointee.flags.remove(.several) }
        }
        if sample.pointee.fields.rawValue & Self.surroundingFields != 0 {
            visitors.surroundings[Int(visitor)].update(record.pointee)
        }
        var own: SampleTail?
        if let tail { own = takeTail(tail, of: visitor, channel: channel) }
        // Drops out of a catch-up of somebody who may have missed where it is.
        if entry.pointee.orderN <= catchUpUntil { fillSurroundings(of: visitor, into: record) }
        record.pointee.flags =
            entry.pointee.flags.contains(.hasSample) ? 0 : RecordRun.joinedFlag
        if entry.pointee.flags.contains(.pinned) { unpin(visitor) }
        entry.pointee.flags.insert(.hasSample)
        entry.pointee.lastNanoseconds = now
        entry.pointee.orderN = ring.headN
        entry.pointee.rate.bump(second)
        if !isFaulty(.orderForgotten) { visitors.moveToNewest(visitor) }
        if hasScopes, !entry.pointee.flags.contains(.unscoped) {
            receivedInScopes(visitor, channel: channel, sample, tail: own, now: now)
        }
    }

    /// The turn's events are all told: viewers may now be served with them. Who is in grace and whose time is
    /// over has gone.
    public func endTurn(now: Int64) {
        endGraces(now: now)
        ring.seal()
        guard hasScopes else { return }
        var rest = scopeIndex.takeTouched()
        while rest != 0 {
            let place = rest.trailingZeroBitCount
            rest &= rest &- 1
            scopeIndex.scopes[place]?.hub.endTurn(now: now)
        }
    }

    @inline(never)
    private func dropped(ofSlot visitor: UInt32) {
        switch visitor {
        case Visitor.refused: counted.droppedVisitorLimit += 1
        case Visitor.unidentified: counted.droppedUnidentified += 1
        default: counted.droppedUnknownSlot += 1
        }
    }

    @inline(never)
    func fillSurroundings(of visitor: UInt32, into record: UnsafeMutablePointer<PointerSample>) {
        guard !isFaulty(.dropoutNotFilled) else { return }
        record.pointee = visitors.surroundings[Int(visitor)].filledInto(record.pointee)
        fillTail(of: visitor, into: record)
    }

    @inline(never)
    func startSecond(_ now: Int64) {
        histories.endSecond(second, ordinal: ring.headOrdinal)
        second = second(at: now)
        relayDelays.begin(second)
        secondEndsAt = now &+ 1_000_000_000 &- now % 1_000_000_000
    }
}
