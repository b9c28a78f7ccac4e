public import ByteCore
import SSEWire

/// How readers take what the ticks made.
extension FrameTicker {
    /// Sets the newest `status`, a JSON object on one line, which every reader gets once; who is shown less
    /// gets `brief` instead.
    ///
    /// Returns false, and keeps the old ones, where one of them is longer than the limit.
    public func setStatus(_ json: UnsafeRawBufferPointer, brief: UnsafeRawBufferPointer) -> Bool {
        guard json.count <= limits.statusBytes, brief.count <= limits.statusBytes else { return false }
        status.removeAll()
        status.append(json)
        briefStatus.removeAll()
        briefStatus.append(brief)
        statusSequence += 1
        return true
    }

    /// Whether there is something for a reader at `rate`, besides comments and what it carries; where it
    /// comes for a keyframe that is not there, asking `shared` for it notes that.
    public func hasOutput(for reader: StreamReader, at rate: FrameRate) -> Bool {
        let group = groups[rate.index]
        if owesStatus(to: reader) || group.next(for: reader) != nil { return true }
        return reader.tick.hadSequence != group.sequence && !reader.tick.wantsKeyframe
    }

    /// Whether a message may stand between those of the ticks now: not before the first keyframe, not within
    /// a tick's messages.
    public func mayInterject(to reader: StreamReader) -> Bool {
        reader.tick.isStarted && reader.isAtBoundary && reader.tick.reading == nil
            && !reader.tick.owesTerminator
    }

    /// Whether the newest status may be sent now.
    public func owesStatus(to reader: StreamReader) -> Bool {
        mayInterject(to: reader) && reader.tick.statusSequence != statusSequence
    }

    /// Appends the status message where the reader is owed one; false where it is not.
    ///
    /// Once it is taken, `tookStatus` must follow.
    public func appendStatus(for reader: StreamReader, boot: UInt64, to text: inout ByteBuffer) -> Bool {
        guard owesStatus(to: reader) else { return false }
        let isBrief = reader.showsLess && !isFaulty(.wholeStatusToAll)
        text.appendMessage(
            boot: boot, n: reader.position, event: "status",
            data: isBrief ? briefStatus.readable : status.readable)
        return true
    }

    /// The reader has had the status, or carries the rest of it.
    public func tookStatus(_ reader: StreamReader) {
        reader.tick.statusSequence = isFaulty(.statusRepeated) ? 0 : statusSequence
    }

    /// Appends what must end a keyframe that broke off, where another one is next: that would else be added
    /// to it. False where nothing has to be ended.
    ///
    /// Once it is taken, `tookTerminator` must follow.
    public func appendTerminator(
        for reader: StreamReader, at rate: FrameRate, boot: UInt64, to text: inout ByteBuffer
    ) -> Bool {
        guard reader.tick.owesTerminator, reader.tick.reading == nil, !isFaulty(.terminatorForgotten),
            let next = groups[rate.index].next(for: reader), next.isKeyframe
        else { return false }
        text.appendMessageHead(boot: boot, n: reader.position, event: "keyframe")
        text.append("{\"at\":")
        text.appendDecimal(next.atMilliseconds)
        text.append(",\"visitors\":[]}\n\n")
        return true
    }

    /// The reader has had the end of its keyframe, or carries the rest of it.
    public func tookTerminator(_ reader: StreamReader) {
        reader.tick.owesTerminator = false
    }

    /// What a reader at `rate` reads next of its tick's text, up to the end of the tick; valid until the next
    /// tick. Where it needs a keyframe that was not made, the next tick will.
    public func shared(for reader: StreamReader, at rate: FrameRate) -> UnsafeRawBufferPointer {
        let group = groups[rate.index]
        guard let text = group.next(for: reader) else {
            if reader.tick.hadSequence != group.sequence { reader.tick.wantsKeyframe = true }
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let start = reader.tick.reading == nil ? 0 : text.start(of: reader.tick.part) + reader.partial
        return UnsafeRawBufferPointer(rebasing: text.text.readable[start...])
    }

    /// The kernel took `bytes` of what `shared` gave.
    public func took(_ reader: StreamReader, at rate: FrameRate, bytes: Int) {
        guard let text = groups[rate.index].next(for: reader) else { return }
        if reader.tick.reading == nil {
            reader.tick.reading = text
            reader.tick.part = 0
            if text.isKeyframe { ledger.conflate(reader, throughOrdinal: text.ordinal) }
        }
        var rest = bytes
        while rest > 0, reader.tick.part < text.parts.count {
            let part = text.parts[reader.tick.part]
            let left = part.end - text.start(of: reader.tick.part) - reader.partial
            if rest < left {
                reader.partial += rest
                return
            }
            rest -= left
            reader.partial = 0
            reader.tick.part += 1
            reader.position = part.n
            ledger.deliver(part.samples, to: reader)
        }
        if reader.tick.part == text.parts.count {
            reader.tick.reading = nil
            reader.tick.hadSequence = text.sequence
            reader.tick.isStarted = true
        }
    }

    /// What was told before is by another clock: takes the ticks at hand back, and everyone gets a keyframe
    /// at the next.
    public func retell() {
        for group in groups where group.sequence != 0 && !isFaulty(.clockNotRetold) {
            for reader in group.readers {
                if let text = reader.tick.reading { breakOff(reader, text) }
                reader.tick.hadSequence = 0
                reader.tick.wantsKeyframe = true
            }
            // Nobody is up to date any more, as before the first tick.
            group.sequence = 0
            group.frame = nil
            group.keyframe = nil
        }
    }

    /// The tick that a reader is in the middle of is about to be replaced. Of a frame only the message at
    /// hand is kept; a keyframe is held until it is through, as one that takes longer than a tick would else
    /// never be.
    func leaveTick(_ reader: StreamReader) {
        guard let text = reader.tick.reading else { return }
        let isWithinLastPart = reader.tick.part + 1 == text.parts.count && reader.partial > 0
        if text.isKeyframe, !isWithinLastPart { return }
        breakOff(reader, text)
    }

    /// Ends the reading of a tick; the rest of the message at hand is kept for the reader, and for it alone
    /// where it leaves this ticker.
    func breakOff(_ reader: StreamReader, _ text: TickText, isLeaving: Bool = false) {
        if reader.partial > 0 {
            let part = text.parts[reader.tick.part]
            let start = text.start(of: reader.tick.part) + reader.partial
            let rest = UnsafeRawBufferPointer(rebasing: text.text.readable[start..<part.end])
            if isLeaving, !ledger.sharesWhatIsTakenOver {
                ledger.carry(rest, for: reader)
            } else {
                ledger.carry(rest, ofPart: reader.tick.part, of: text, for: reader)
            }
            reader.carryCredit = part.samples
            reader.position = part.n
            reader.tick.part += 1
            reader.partial = 0
        }
        let isComplete = reader.tick.part == text.parts.count
        reader.tick.hadSequence = isComplete ? text.sequence : 0
        if text.isKeyframe {
            if isComplete { reader.tick.isStarted = true } else { reader.tick.owesTerminator = true }
        }
        reader.tick.reading = nil
    }
}
