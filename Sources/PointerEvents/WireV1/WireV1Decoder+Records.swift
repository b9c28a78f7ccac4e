import ByteCore

extension WireV1Decoder {
    /// Reads all records of a message that is to be taken; false where they are too many samples.
    @inline(__always)
    mutating func decodeRecords(
        _ message: UnsafeRawBufferPointer, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        while let first = reader.next {
            if first & 0x80 != 0, next.flags.isDisjoint(with: WireV1Place.Flags.unsaid.union(.saidBye)) {
                guard unsafe try decodeMoves(message, &reader) else { return false }
            } else {
                guard try decodeRecord(&reader) else { return false }
            }
        }
        return true
    }

    /// Reads compact moves as long as there are any; false where they are too many samples.
    @inline(__always)
    private mutating func decodeMoves(
        _ message: UnsafeRawBufferPointer, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        guard var source = message.baseAddress else { throw .truncated }
        let start = unsafe source + reader.offset
        unsafe source += reader.offset
        let end = unsafe source + (reader.end &- reader.offset)
        var target = unsafe entries + count
        let targetEnd = unsafe entries + Limits.samplesPerMessage
        // All that changes from move to move lives in registers.
        var (x, y, clock, beat) = (next.x, next.y, next.clock, next.beat)
        while unsafe source < end, unsafe source.load(as: UInt8.self) >= 0x80 {
            guard unsafe source + 1 < end else { throw .truncated }
            guard unsafe target < targetEnd else { return false }
            let bits = unsafe UInt16(bigEndian: source.loadUnaligned(as: UInt16.self))
            let step = beat &+ Int32(bits &>> 13 & 3) &- 1
            x &+= Int32(Int16(truncatingIfNeeded: bits &<< 3) &>> 9)
            y &+= Int32(Int16(truncatingIfNeeded: bits &<< 10) &>> 10)
            guard step >= 0 else { throw .backInTime }
            let bound = Int32(WireV1Limits.position)
            let furthest = max(UInt32(bitPattern: x &+ bound), UInt32(bitPattern: y &+ bound))
            guard furthest <= UInt32(2 * bound) else { throw .positionOutOfBounds }
            if step <= WireV1Compact.slowestBeat { beat = step }
            clock &+= Int64(step) &* 2
            unsafe target.initialize(to: WireV1Entry(clock: clock, x: x, y: y))
            unsafe target += 1
            unsafe source += 2
        }
        (next.x, next.y, next.clock, next.beat) = (x, y, clock, beat)
        next.flags.insert(.isOnPage)
        count = unsafe target - entries
        reader.move(to: unsafe reader.offset + (source - start))
        return true
    }

    /// Reads one record of any kind; false where it is one sample too many.
    @inline(never)
    private mutating func decodeRecord(_ reader: inout WireV1Reader) throws(WireV1Fault) -> Bool {
        if next.flags.contains(.saidBye) { throw .afterBye }
        let first = try reader.byte()
        if first >= 0x80 { return try decodeMove(first, &reader) }
        if first >= WireV1Record.firstOfLaterVersions {
            _ = unsafe try reader.bytes()
            return true
        }
        guard let record = WireV1Record(rawValue: first) else { throw .unknownRecord }
        switch record {
        case .hello: throw .helloRepeated
        case .sync: throw .syncOutOfPlace
        case .move, .down, .up, .cancel, .click, .enter, .leave:
            return try decodePointer(record, &reader)
        case .scroll, .wheel: return try decodeScroll(record, &reader)
        case .resize, .page: return try decodeSurroundings(record, &reader)
        case .visibility, .name, .bye, .pointer:
            try decodeSilent(record, &reader)
            return true
        }
    }

    /// Reads one compact move whose sample has more to say.
    private mutating func decodeMove(
        _ first: UInt8, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        let bits = try UInt16(first) << 8 | UInt16(reader.byte())
        let step = next.beat + Int32(bits >> 13 & 3) - 1
        guard step >= 0 else { throw .backInTime }
        next.x += Int32(Int16(truncatingIfNeeded: bits << 3) >> 9)
        next.y += Int32(Int16(truncatingIfNeeded: bits << 10) >> 10)
        guard max(next.x.magnitude, next.y.magnitude) <= WireV1Limits.position else {
            throw .positionOutOfBounds
        }
        next.clock += Int64(step) * 2
        next.keepBeat(step)
        next.flags.insert(.isOnPage)
        return append(.move, WireV1Extra())
    }

    /// Reads what a pointer does at a place: time, place, and what belongs to it.
    private mutating func decodePointer(
        _ record: WireV1Record, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        let step = try passTime(&reader)
        next.x = try reader.position(from: next.x)
        next.y = try reader.position(from: next.y)
        var extra = WireV1Extra()
        var fields: SampleFields = []
        let kind: PointerKind
        switch record {
        case .down, .up:
            extra.buttons = try reader.buttons()
            fields.insert(.buttons)
            kind = record == .down ? .down : .up
        case .click:
            unsafe extra.tail.element = try reader.element()
            if unsafe !extra.tail.element.isEmpty { extra.tail.tail.fields.insert(.element) }
            kind = .click
        case .cancel: kind = .cancel
        case .enter: kind = .enter
        case .leave: kind = .leave
        default:
            next.keepBeat(step)
            kind = .move
        }
        switch kind {
        case .move, .down, .enter: next.flags.insert(.isOnPage)
        case .leave: if fault != .staysOnPage { next.flags.remove(.isOnPage) }
        default: break
        }
        return append(kind, extra, fields)
    }

    /// Reads what moved the page under the pointer, or turned the wheel without moving it.
    private mutating func decodeScroll(
        _ record: WireV1Record, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        _ = try passTime(&reader)
        if record == .wheel {
            _ = try reader.position()
            _ = try reader.position()
        } else {
            next.scrollX = try reader.position(from: next.scrollX)
            next.scrollY = try reader.position(from: next.scrollY)
            next.flags.insert(.scrollUnsaid)
        }
        return append(.scroll, WireV1Extra())
    }

    /// Reads a new size, or a new page.
    private mutating func decodeSurroundings(
        _ record: WireV1Record, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        _ = try passTime(&reader)
        var extra = WireV1Extra()
        var fields: SampleFields = []
        if record == .resize {
            extra.width = try reader.size()
            extra.height = try reader.size()
            fields = [.width, .height]
        } else {
            unsafe extra.page = try reader.text(upTo: Limits.pageBytes)
            next.scrollX = try reader.position()
            next.scrollY = try reader.position()
            next.flags.insert(.scrollUnsaid)
            fields = .page
        }
        extra.tail.tail.documentWidth = try Double(reader.size())
        extra.tail.tail.documentHeight = try Double(reader.size())
        extra.tail.tail.fields = [.documentWidth, .documentHeight]
        return append(next.flags.contains(.isOnPage) ? .move : .leave, extra, fields)
    }

    /// Reads what makes no sample.
    private mutating func decodeSilent(
        _ record: WireV1Record, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) {
        switch record {
        case .visibility:
            _ = try passTime(&reader)
            notes.isVisible = try reader.choice(upTo: 1) == 1
        case .bye:
            _ = try passTime(&reader)
            notes.saidBye = true
            next.flags.insert(.saidBye)
        case .name:
            unsafe unsaidName = try reader.name()
            next.flags.insert(.nameUnsaid)
        default:
            let type = try reader.choice(upTo: PointerType.touch.rawValue)
            if type != next.pointerType { next.flags.insert(.pointerUnsaid) }
            next.pointerType = type
        }
    }

    @inline(__always)
    private mutating func passTime(_ reader: inout WireV1Reader) throws(WireV1Fault) -> Int32 {
        let step = try reader.step()
        next.clock &+= Int64(step) &* 2
        return step
    }

    /// Reads the hello's body, and makes of it the connection's first sample.
    mutating func decodeHello(_ reader: inout WireV1Reader) throws(WireV1Fault) {
        let hello = try WireV1Hello(&reader)
        next = WireV1Place()
        next.clock = hello.clock
        (next.x, next.y) = (hello.x, hello.y)
        (next.scrollX, next.scrollY) = (hello.scrollX, hello.scrollY)
        next.flags = hello.isPlaceKnown ? [.begun, .isOnPage, .scrollUnsaid] : [.begun, .scrollUnsaid]
        next.pointerType = hello.pointerType?.rawValue ?? 0
        if next.pointerType != 0 { next.flags.insert(.pointerUnsaid) }
        unsafe unsaidName = hello.name
        if unsafe !hello.name.isEmpty { next.flags.insert(.nameUnsaid) }
        notes.isVisible = hello.isVisible
        var extra = WireV1Extra()
        extra.width = hello.width
        extra.height = hello.height
        unsafe extra.page = hello.path
        extra.tail.tail.documentWidth = Double(hello.documentWidth)
        extra.tail.tail.documentHeight = Double(hello.documentHeight)
        extra.tail.tail.fields = [.documentWidth, .documentHeight]
        _ = append(hello.isPlaceKnown ? .move : .leave, extra, [.width, .height, .page])
        if !hello.isPlaceKnown { unsafe (entries[0].x, entries[0].y) = (0, 0) }
    }

    /// Appends a sample at the client position, with what is still to be said; false where it is one too
    /// many.
    private mutating func append(
        _ kind: PointerKind, _ said: WireV1Extra, _ saidFields: SampleFields = []
    ) -> Bool {
        guard count < Limits.samplesPerMessage else { return false }
        var extra = said
        var entry = WireV1Entry(clock: next.clock, x: next.x, y: next.y, kind: kind)
        entry.fields.formUnion(saidFields)
        if kind != .move { entry.fields.insert(.kind) }
        if next.flags.contains(.scrollUnsaid) {
            extra.tail.tail.scrollX = Double(next.scrollX)
            extra.tail.tail.scrollY = Double(next.scrollY)
            extra.tail.tail.fields.formUnion([.scrollX, .scrollY])
        }
        if next.flags.contains(.pointerUnsaid), next.pointerType != 0 {
            extra.tail.tail.pointerType = next.pointerType
            extra.tail.tail.fields.insert(.pointerType)
        }
        if next.flags.contains(.nameUnsaid) {
            unsafe extra.tail.name = unsaidName
            extra.tail.tail.fields.insert(.name)
        }
        next.flags.subtract(.unsaid)
        if !extra.tail.tail.fields.isEmpty { entry.fields.insert(.tail) }
        if entry.fields != .clientTime, entry.fields != [.clientTime, .kind] { entry.extra = append(extra) }
        unsafe entries[count] = entry
        count += 1
        return true
    }
}
