public import ByteCore

/// The ticker and all readers of its owner in a snapshot.
///
/// ```
///  [ "TICK" ][ next keyframe i64 ][ expected bytes u64 ][ keyframes are shared out u8 ]
///  [ frames, keyframes, shortened, cut entries, place entries, interrupted 6 x u64 ]
///  [ delivered, conflated 2 x u64 ][ status: sequence u64 ] 2 x [ length u32, bytes ][ delays ]
///  [ carried texts u32 ]  n x [ is the server's own u8 ][ length u32 ][ bytes ]
///  [ tick texts u32 ]     n x tick text
///  6 x [ sequence, previous, n 3 x u64 ][ due i64 ][ frame, keyframe: text u32 ][ readers u32 ] n x [ u32 ]
///  [ readers u32 ]        n x reader
///
///  tick text  [ sequence, n, ordinal 3 x u64 ][ keyframe u8 ][ at i64 ][ capacity u64 ]
///             [ length u32 ][ bytes ]
///             [ parts u32 ]   n x [ end u32 ][ n u64 ][ samples u64 ]
///             [ carried u32 ] n x [ part u32 ][ carried text u32 ]
///  reader     [ position u64 ][ partial u32 ][ credit, delivered, conflated 3 x u64 ][ forfeited u8 ]
///             [ carried text u32 ][ left u32 ]
///             [ had sequence u64 ][ reading: text u32 ][ part u32 ][ status u64 ]
///             [ wants a keyframe, owes a terminator, is started 3 x u8 ]
/// ```
/// Texts are written once, whoever reads or carries them; `u32` names one by its place, all ones for none.
/// Readers are named by their place in the owner's list.
extension FrameTicker {
    static let mark: UInt32 = 0x4B43_4954

    /// Appends everything to a snapshot; `readers` are all that go on, in an order that their owner finds
    /// again. Others are not told of.
    public func write(readers: [StreamReader], into buffer: inout ByteBuffer) {
        let texts = TextsInUse(groups, readers)
        buffer.append(integer: Self.mark)
        buffer.append(integer: nextKeyframeAt)
        buffer.append(integer: UInt64(expectedKeyframeBytes))
        buffer.append(flag: sharesKeyframes)
        for count in [
            counted.frames, counted.keyframes, counted.shortenedKeyframes, counted.cutEntries,
            counted.placeEntries, counted.interruptedKeyframes, ledger.delivered, ledger.conflated,
            statusSequence,
        ] { buffer.append(integer: count) }
        for text in [status.readable, briefStatus.readable] {
            buffer.append(integer: UInt32(text.count))
            buffer.append(text)
        }
        encodeDelays.write(into: &buffer)
        buffer.append(integer: UInt32(texts.carried.count))
        for text in texts.carried {
            buffer.append(flag: ledger.isOwn(text))
            buffer.append(integer: UInt32(text.bytes.count))
            buffer.append(text.bytes)
        }
        buffer.append(integer: UInt32(texts.ticks.count))
        for text in texts.ticks { write(text, texts, into: &buffer) }
        for group in groups {
            for number in [group.sequence, group.previousSequence, group.n] { buffer.append(integer: number) }
            buffer.append(integer: group.dueAt)
            let known = group.readers.compactMap { texts.place(of: $0) }
            buffer.append(place: known.isEmpty ? nil : texts.place(of: group.frame))
            buffer.append(place: known.isEmpty ? nil : texts.place(of: group.keyframe))
            buffer.append(integer: UInt32(known.count))
            for reader in known { buffer.append(place: reader) }
        }
        buffer.append(integer: UInt32(readers.count))
        for reader in readers { write(reader, texts, into: &buffer) }
    }
}

extension FrameTicker {
    private func write(_ text: TickText, _ texts: TextsInUse, into buffer: inout ByteBuffer) {
        for number in [text.sequence, text.n, text.ordinal] { buffer.append(integer: number) }
        buffer.append(flag: text.isKeyframe)
        buffer.append(integer: text.atMilliseconds)
        buffer.append(integer: UInt64(text.text.capacity))
        buffer.append(integer: UInt32(text.text.count))
        buffer.append(text.text.readable)
        buffer.append(integer: UInt32(text.parts.count))
        for part in text.parts {
            buffer.append(integer: UInt32(part.end))
            buffer.append(integer: part.n)
            buffer.append(integer: part.samples)
        }
        buffer.append(integer: UInt32(text.carried.count))
        for (part, rest) in text.carried.sorted(by: { $0.key < $1.key }) {
            buffer.append(integer: UInt32(part))
            buffer.append(place: texts.place(of: rest))
        }
    }

    private func write(_ reader: StreamReader, _ texts: TextsInUse, into buffer: inout ByteBuffer) {
        buffer.append(integer: reader.position)
        buffer.append(integer: UInt32(reader.partial))
        for number in [reader.carryCredit, reader.delivered, reader.conflated] {
            buffer.append(integer: number)
        }
        buffer.append(flag: reader.isForfeited)
        let isForgotten = isFaulty(.carryNotMoved)
        buffer.append(place: isForgotten ? nil : texts.place(of: reader.carry.text))
        buffer.append(integer: isForgotten ? 0 : UInt32(reader.carry.count))
        let cursor = reader.tick
        buffer.append(integer: cursor.hadSequence)
        buffer.append(place: texts.place(of: cursor.reading))
        buffer.append(integer: UInt32(cursor.part))
        buffer.append(integer: cursor.statusSequence)
        buffer.append(flag: cursor.wantsKeyframe)
        buffer.append(flag: cursor.owesTerminator)
        buffer.append(flag: cursor.isStarted)
    }
}
