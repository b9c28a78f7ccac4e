import ByteCore
import PointerEvents
import RelayWire
import Telemetry
import WebSocketWire

/// Messages that are like the last one of their connection: compared while still masked, and their numbers
/// written where the queue's next records stand.
extension SampleIntake {
    /// Messages of one visitor that were taken in a row.
    @safe struct TakenRun {
        /// Behind the last of them.
        let end: UnsafeMutableRawPointer
        let count: Int
        /// Whether another template might have done for what stands there.
        let isUnlike: Bool

        /// What is left of `bytes`, which began where the run did or before.
        func rest(of bytes: UnsafeMutableRawBufferPointer) -> UnsafeMutableRawBufferPointer {
            guard let start = bytes.baseAddress else { return unsafe bytes }
            return unsafe UnsafeMutableRawBufferPointer(start: end, count: bytes.count &- (end - start))
        }
    }

    /// Takes messages from `start` on for as long as they are like the connection's last one, by who was
    /// heard last on it, and end within `readable` bytes, behind which `MaskedText.slack` more are there.
    @inline(never)
    mutating func takeAlike(
        from start: UnsafeMutableRawPointer, readable: Int, of connection: inout VisitorConnection,
        receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> TakenRun {
        let slot = connection.speakers.lastHeard
        let room = unsafe queue.room
        guard let template = templates.find(connection.template), slot != SpeakerTable.none,
            let records = room.baseAddress
        else { return unsafe TakenRun(end: start, count: 0, isUnlike: true) }
        // Then there is nothing to compare, and no slack behind it.
        guard readable > 0 else { return unsafe TakenRun(end: start, count: 0, isUnlike: false) }
        guard template.isPlain,
            let plain = unsafe plainRun(
                of: slot, connection.socket.wholeFrames, to: start + readable, receivedNanoseconds)
        else {
            return unsafe takeOthers(
                from: start, readable: readable, template, of: &connection,
                receivedNanoseconds: receivedNanoseconds, counters: counters)
        }
        var place = unsafe start
        var record = unsafe records
        let recordsEnd = unsafe records + room.count
        var reading: SampleTemplate.Reading
        while true {
            unsafe reading = plain.take(&place, to: &record, before: recordsEnd)
            guard reading == .otherNumber else { break }
            // Not by what lives in registers, which an address would end.
            let rest = unsafe takeRare(
                place, to: record, before: start + readable, of: &connection, receivedNanoseconds)
            unsafe reading = rest.reading
            guard reading == .sample else { break }
            unsafe record += RelayRecordType.sampleBytes
            unsafe place = rest.end
        }
        let count = unsafe (record - records) / RelayRecordType.sampleBytes
        note(count, byteCount: unsafe record - records, of: &connection, counters)
        return unsafe TakenRun(end: place, count: count, isUnlike: reading == .otherText)
    }

    /// What messages of a slot's visitor are held against; nil where its id is too short or too long.
    @inline(__always)
    private func plainRun(
        of slot: UInt32, _ frames: WholeFrames, to end: UnsafeMutableRawPointer, _ receivedNanoseconds: Int64
    ) -> PlainRun? {
        let lead = unsafe interner.table.lead(of: slot)
        guard let leadStart = unsafe lead.text.baseAddress, unsafe lead.text.count >= PlainRun.leastLead
        else { return nil }
        return unsafe PlainRun(
            frames: frames, end: end, lead: leadStart, leadCount: lead.text.count, leadBits: lead.bits,
            slot: slot, receivedNanoseconds: receivedNanoseconds)
    }

    /// Takes a plain message with numbers that are not usual. It changes neither this nor the connection, but
    /// what is only borrowed would be copied for it.
    @inline(never)
    private mutating func takeRare(
        _ place: UnsafeMutableRawPointer, to record: UnsafeMutableRawPointer,
        before end: UnsafeMutableRawPointer, of connection: inout VisitorConnection,
        _ receivedNanoseconds: Int64
    ) -> (reading: SampleTemplate.Reading, end: UnsafeMutableRawPointer) {
        let plain = unsafe plainRun(
            of: connection.speakers.lastHeard, connection.socket.wholeFrames, to: end, receivedNanoseconds)
        guard let plain else { return unsafe (.otherText, place) }
        return unsafe plain.takeRare(place, to: record)
    }

    /// Counts samples that were written where the queue's next records stand.
    @inline(__always)
    private mutating func note(
        _ count: Int, byteCount: Int, of connection: inout VisitorConnection,
        _ counters: borrowing CountersPage
    ) {
        guard count > 0 else { return }
        connection.unlikeMessages = 0
        queue.appendedFoldable(count, byteCount: byteCount)
        counters.add(.eventsReceived, UInt64(truncatingIfNeeded: count))
    }

    /// Takes messages like any other template.
    @inline(never)
    private mutating func takeOthers(
        from start: UnsafeMutableRawPointer, readable: Int, _ template: SampleTemplate,
        of connection: inout VisitorConnection, receivedNanoseconds: Int64, counters: borrowing CountersPage
    ) -> TakenRun {
        let slot = connection.speakers.lastHeard
        let id = unsafe interner.table.id(of: slot)
        let room = unsafe queue.room
        guard let records = room.baseAddress, let idStart = id.baseAddress,
            interner.table.isLiteral(slot)
        else { return unsafe TakenRun(end: start, count: 0, isUnlike: true) }
        let frames = connection.socket.wholeFrames
        let recordBytes = template.recordBytes
        let end = unsafe start + readable
        let lastRecord = unsafe records + (room.count - recordBytes)
        var place = unsafe start
        var record = unsafe records
        var reading = SampleTemplate.Reading.sample
        var count = 0
        while unsafe record <= lastRecord, let message = unsafe frames.next(from: place, to: end) {
            reading = unsafe template.read(
                message.payload, count: message.count, key: message.key, id: idStart, idCount: id.count,
                to: record)
            guard reading == .sample else { break }
            if template.saysPage {
                // One that the master does not know is told before any record that says it.
                guard let page = unsafe interner.pages.find(template.page) else { break }
                unsafe record.storeBytes(of: page, toByteOffset: 56, as: UInt32.self)
            }
            unsafe record.storeBytes(of: slot, toByteOffset: 4, as: UInt32.self)
            unsafe record.storeBytes(of: receivedNanoseconds, toByteOffset: 8, as: Int64.self)
            unsafe record += recordBytes
            unsafe place = message.payload + message.count
            count &+= 1
        }
        note(count, byteCount: unsafe record - records, of: &connection, counters)
        return unsafe TakenRun(end: place, count: count, isUnlike: reading == .otherText)
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
