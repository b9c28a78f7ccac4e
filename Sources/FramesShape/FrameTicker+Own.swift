public import ByteCore

/// Readers who are with no rate, and those who go on in another ticker.
extension FrameTicker {
    /// Whether a reader is with those who get the ticks of a rate.
    public func holds(_ reader: StreamReader, at rate: FrameRate) -> Bool { groups[rate.index].holds(reader) }

    /// Takes in a reader who has the picture as of its position, and is to have one frame of its own when it
    /// is asked for: the newest status is had with the picture.
    public func expect(_ reader: StreamReader) {
        reader.tick.isStarted = true
        reader.tick.wantsKeyframe = false
        reader.tick.statusSequence = statusSequence
    }

    /// Appends the frame of all that happened since such a reader's position, and counts it as delivered;
    /// nothing where nothing happened. False where only a keyframe can tell.
    public func appendFrame<Source: FramesSource>(
        for reader: StreamReader, to text: inout ByteBuffer, source: Source, now: Int64
    ) -> Bool {
        source.seal()
        guard source.headN > reader.position else { return true }
        guard
            let frame = composeFrame(
                source.headN + 1, through: source.headN, after: reader.position, isShared: false, of: source,
                now: now)
        else {
            reader.tick.wantsKeyframe = true
            return false
        }
        text.append(frame.text.readable)
        for part in frame.parts { ledger.deliver(part.samples, to: reader) }
        reader.position = source.headN
        return true
    }

    /// Ends the reading of the tick that a reader, who goes on in another ticker, is in the middle of, if it
    /// is.
    public func breakOff(_ reader: StreamReader) {
        if let text = reader.tick.reading { breakOff(reader, text, isLeaving: true) }
    }

    /// Has a reader go on whom another ticker had, and who is to be attached: what of a keyframe it was in
    /// the middle of must end before the next one begins.
    public func takeOver(_ reader: StreamReader, from other: StreamReader, endsKeyframe: Bool) {
        reader.tick.owesTerminator = other.tick.owesTerminator && endsKeyframe
    }

    /// Has another ticker tell what status this one has.
    public func lendStatus(to other: FrameTicker) {
        other.status.removeAll()
        other.status.append(status.readable)
        other.briefStatus.removeAll()
        other.briefStatus.append(briefStatus.readable)
        other.statusSequence = statusSequence
    }
}
