import ByteCore
import PointerEvents
import RelayWire
import Telemetry
import WebSocketWire

/// Messages that are like the last one of their connection: compared while still masked, and their numbers
/// written where the queue's next records stand.
extension SampleIntake {
    /// Takes messages out of the front of `rest` for as long as they are like the connection's last one, by
    /// who was heard last on it; behind `rest` so many bytes more are readable. Adds how many they were to
    /// `taken`.
    ///
    /// Returns whether another template might have done for what stands in front now.
    @inline(__always)
    mutating func takeAlike(
        _ rest: inout UnsafeMutableRawBufferPointer, slack: Int, from connection: inout VisitorConnection,
        receivedNanoseconds: Int64, counters: borrowing CountersPage, taken: inout UInt64
    ) -> Bool {
        guard let start = rest.baseAddress else { return true }
        // Nothing that is too near the end of what is readable.
        let readable = max(0, rest.count &+ slack &- MaskedText.slack)
        let run = unsafe run(
            from: start, readable: readable, of: &connection, receivedNanoseconds: receivedNanoseconds,
            counters: counters)
        taken &+= UInt64(truncatingIfNeeded: run.count)
        unsafe rest = UnsafeMutableRawBufferPointer(
            start: run.end, count: rest.count &- (run.end - start))
        return run.isUnlike
    }

    /// Messages that were taken because they were like one another.
    @safe private struct AlikeRun {
        /// Behind the last of them.
        let end: UnsafeMutableRawPointer
        let count: Int
        /// Whether another template might have done for what stands there.
        let isUnlike: Bool
    }

    /// Takes messages from `start` on, which end within `readable` bytes.
    @inline(never)
    private mutating func run(
        from start: UnsafeMutableRawPointer, readable: Int, of connection: inout VisitorConnection,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> AlikeRun {
        let slot = connection.speakers.lastHeard
        let room = unsafe queue.room
        guard let template = templates.find(connection.template), slot != SpeakerTable.none,
            let records = room.baseAddress
        else { return unsafe AlikeRun(end: start, count: 0, isUnlike: true) }
        var run = unsafe Run(
            start: start, end: start + readable, records: records, recordsEnd: records + room.count,
            recordBytes: template.recordBytes, slot: slot, receivedNanoseconds: receivedNanoseconds)
        let frames = connection.socket.wholeFrames
        let lead = unsafe interner.table.lead(of: slot)
        let reading: SampleTemplate.Reading
        if template.isPlain, let leadStart = unsafe lead.text.baseAddress, unsafe lead.text.count >= 8 {
            unsafe reading = takePlain(&run, frames, template, leadStart, lead.text.count, lead.bits)
        } else {
            // A copy, because what has an address cannot live in registers.
            var others = run
            reading = takeOthers(&others, frames, template)
            run = others
        }
        let byteCount = unsafe run.record - records
        guard byteCount > 0 else {
            return unsafe AlikeRun(end: start, count: 0, isUnlike: reading == .otherText)
        }
        connection.unlikeMessages = 0
        let bytes = RelayRecordType.sampleBytes
        // Nearly all are of this size, and to divide takes longer than a message.
        let count = template.recordBytes == bytes ? byteCount / bytes : byteCount / template.recordBytes
        queue.appendedFoldable(count, byteCount: byteCount)
        counters.add(.eventsReceived, UInt64(truncatingIfNeeded: count))
        return unsafe AlikeRun(end: run.place, count: count, isUnlike: reading == .otherText)
    }

    /// How far messages of one visitor have become records.
    @safe private struct Run {
        /// Where the next frame begins, and where the last one may end.
        var place: UnsafeMutableRawPointer
        let end: UnsafeMutableRawPointer
        /// Where the next record goes, and the last place for one.
        var record: UnsafeMutableRawPointer
        let lastRecord: UnsafeMutableRawPointer
        let recordBytes: Int
        let slot: UInt32
        let receivedNanoseconds: Int64

        init(
            start: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer, records: UnsafeMutableRawPointer,
            recordsEnd: UnsafeMutableRawPointer, recordBytes: Int, slot: UInt32, receivedNanoseconds: Int64
        ) {
            unsafe place = start
            unsafe self.end = end
            unsafe record = records
            unsafe lastRecord = recordsEnd - recordBytes
            self.recordBytes = recordBytes
            self.slot = slot
            self.receivedNanoseconds = receivedNanoseconds
        }

        /// The next message, where there is room for its record.
        @inline(__always)
        func next(_ frames: WholeFrames) -> MaskedMessage? {
            guard unsafe record <= lastRecord else { return nil }
            return unsafe frames.next(UnsafeMutableRawBufferPointer(start: place, count: end - place))
        }

        /// Goes on behind a message whose record is written but for slot and time.
        @inline(__always)
        mutating func pass(_ message: MaskedMessage) {
            unsafe record.storeBytes(of: slot, toByteOffset: 4, as: UInt32.self)
            unsafe record.storeBytes(of: receivedNanoseconds, toByteOffset: 8, as: Int64.self)
            unsafe record += recordBytes
            unsafe place = message.payload + message.count
        }
    }

    /// Takes messages like `{"id":"user123","x":812,"y":433}`, which begin with `lead` up to x: eight bytes
    /// or more, and eight times as many bits, modulo 64. Does what `SampleTemplate.read` does.
    @inline(__always)
    private func takePlain(
        _ run: inout Run, _ frames: WholeFrames, _ template: SampleTemplate,
        _ lead: UnsafeRawPointer, _ leadCount: Int, _ leadBits: UInt64
    ) -> SampleTemplate.Reading {
        while let message = run.next(frames) {
            var text = unsafe MaskedText(message.payload, key: message.key)
            guard leadCount <= message.count, unsafe text.pass(lead, count: leadCount, bits: leadBits)
            else { return .otherText }
            unsafe run.record.storeBytes(of: template.sample, as: PointerSample.self)
            let x = text.passNumber()
            guard x == x else { return .otherNumber }
            unsafe run.record.storeBytes(of: x, toByteOffset: 16, as: Double.self)
            guard text.pass(Self.yWord, bits: 40) else { return .otherText }
            let y = text.passNumber()
            guard y == y else { return .otherNumber }
            unsafe run.record.storeBytes(of: y, toByteOffset: 24, as: Double.self)
            guard text.isAt(UInt8(ascii: "}")) else { return .otherText }
            guard unsafe text.distance(from: message.payload) &+ 1 == message.count else {
                return .otherText
            }
            run.pass(message)
        }
        return .sample
    }

    /// `,"y":`, the first byte lowest.
    private static var yWord: UInt64 { 0x3A_2279_222C }

    /// Takes messages like any other template.
    @inline(never)
    private mutating func takeOthers(
        _ run: inout Run, _ frames: WholeFrames, _ template: SampleTemplate
    ) -> SampleTemplate.Reading {
        let id = unsafe interner.table.id(of: run.slot)
        guard let idStart = id.baseAddress, interner.table.isLiteral(run.slot) else { return .otherText }
        while let message = run.next(frames) {
            let reading = unsafe template.read(
                message.payload, count: message.count, key: message.key, id: idStart, idCount: id.count,
                to: run.record)
            guard reading == .sample else { return reading }
            if template.saysPage {
                // One that the master does not know is told before any record that says it.
                guard let page = unsafe interner.pages.find(template.page) else { return .otherNumber }
                unsafe run.record.storeBytes(of: page, toByteOffset: 56, as: UInt32.self)
            }
            run.pass(message)
        }
        return .sample
    }

    /// Keeps what a message that was accepted says besides its numbers, for the next one to be held against.
    ///
    /// It costs more than the message did, so that of a connection whose messages are all different only few
    /// are kept.
    @inline(never)
    mutating func learn(_ message: UnsafeRawBufferPointer, for connection: inout VisitorConnection) {
        connection.unlikeMessages &+= 1
        let count = Int(connection.unlikeMessages)
        guard count <= WorkerLimits.unlikeAtOnce || count % WorkerLimits.unlikeSkipped == 0 else { return }
        guard let place = unsafe templates.learn(message, accepted: json) else { return }
        connection.template = place
    }
}
