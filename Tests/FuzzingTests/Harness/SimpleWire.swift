import PointerEvents

/// One connection of `pointerscope.v1` as docs/protocol.md describes it, read without haste.
struct SimpleWire {
    /// What becomes of a message.
    enum Verdict: Equatable {
        case accepted([SimpleSample], WireV1Notes)
        /// With this WebSocket close code.
        case refused(UInt16)
    }

    private var hasBegun = false
    private var hasEnded = false
    private var isLost = false
    private var isOnPage = false
    private var number = 0
    /// The numbers, each the next of the one before, that looked late since anything was taken.
    private var late: [Int] = []
    private var clock = 0
    private var (x, y) = (0, 0)
    private var (scrollX, scrollY) = (0, 0)
    private var beat = 8
    private var type = 0
    // What the next sample says.
    private var saysScroll = false
    private var saysType = false
    private var name: [UInt8]?
    // Of the message in hand.
    private var samples: [SimpleSample] = []
    private var notes = WireV1Notes()

    private let id: [UInt8]

    init(id: [UInt8]) { self.id = id }

    /// Takes a message; one that is refused changes nothing.
    mutating func judge(_ message: [UInt8]) -> Verdict {
        var after = self
        after.samples = []
        after.notes = WireV1Notes()
        do throws(SimpleWireRefusal) {
            var reader = SimpleWireReader(rest: message[...])
            try after.take(&reader)
        } catch {
            return .refused(error.code)
        }
        self = after
        return .accepted(samples, notes)
    }

    private mutating func take(_ reader: inout SimpleWireReader) throws(SimpleWireRefusal) {
        if reader.rest.count > 65_536 { throw SimpleWireRefusal(code: 1009) }
        let sequence = Int(try reader.byte())
        if !hasBegun {
            guard sequence == 0, reader.rest.first == 1 else { throw SimpleWireRefusal(code: 1008) }
        } else if reader.rest.first == 0x10 {
            _ = try reader.byte()
            guard try takeSync(sequence, &reader) else { return }
        } else {
            let early = (sequence - number - 1) & 255
            notes.isDuplicate = early > 127
            if notes.isDuplicate { return askAgain(sequence) }
            late = []
            if hasEnded { throw SimpleWireRefusal(code: 1008) }
            number += early + 1
            notes.missing = UInt64(early)
            notes.needsResync = early > 0
            isLost = isLost || early > 0
            notes.isUnreadable = isLost
            if isLost { return }
        }
        while let first = reader.rest.first {
            if hasEnded { throw SimpleWireRefusal(code: 1008) }
            _ = try reader.byte()
            try takeRecord(first, &reader)
            if samples.count > 4096 { throw SimpleWireRefusal(code: 1009) }
        }
        if clock > 1 << 53 { throw SimpleWireRefusal(code: 1008) }
    }

    /// A message that looks late: two in a row, and again when they have doubled, may be behind a long gap.
    private mutating func askAgain(_ sequence: Int) {
        if let last = late.last, sequence != (last + 1) & 255 { late = [] }
        late.append(sequence)
        notes.needsResync = !hasEnded && [2, 4, 8, 16, 32, 64, 128].contains(late.count)
    }

    private mutating func takeSync(_ sequence: Int, _ reader: inout SimpleWireReader)
        throws(SimpleWireRefusal) -> Bool
    {
        let told = try reader.unsigned()
        guard told & 255 == sequence else { throw SimpleWireRefusal(code: 1008) }
        let isBehindLate = late.last == (sequence - 1) & 255
        if told <= number {
            notes.isDuplicate = true
            guard isLost, isBehindLate, late.count > 1 else { return false }
            let now = try reader.bounded(1 << 53, longest: 8)
            if now <= clock { return false }
            notes.isDuplicate = false
            clock = now
        } else {
            if hasEnded { throw SimpleWireRefusal(code: 1008) }
            let missing = told - number - 1
            // Those that looked late are not missing, unless they may have come before.
            let mayBeAgain = late == [number & 255] || missing < late.count + 128
            notes.missing = UInt64(isBehindLate && !mayBeAgain ? missing - late.count : missing)
            clock = try reader.bounded(1 << 53, longest: 8)
        }
        late = []
        number = told
        x = try reader.position()
        y = try reader.position()
        let offset = [try reader.position(), try reader.position()]
        if offset != [scrollX, scrollY] { saysScroll = true }
        (scrollX, scrollY) = (offset[0], offset[1])
        isLost = false
        beat = 8
        return true
    }

    private mutating func takeRecord(_ first: UInt8, _ reader: inout SimpleWireReader)
        throws(SimpleWireRefusal)
    {
        switch first {
        case 0x80...:
            let bits = Int(first) << 8 | Int(try reader.byte())
            let step = beat + (bits >> 13 & 3) - 1
            if step < 0 { throw SimpleWireRefusal(code: 1007) }
            let (dx, dy) = (bits >> 6 & 127, bits & 63)
            try go(dx > 63 ? dx - 128 : dx, dy > 31 ? dy - 64 : dy)
            try keepPace(step)
            clock += 2 * step
            say(nil)
        case 0x40...0x7F: _ = try reader.bytes()
        case 0x01: try takeHello(&reader)
        case 0x0E: name = try reader.line(1, 64)
        case 0x11:
            let next = try reader.choice(0, 3)
            saysType = saysType || next != type
            type = next
        case 0x02...0x0F:
            let step = try reader.bounded(1 << 26)
            clock += 2 * step
            try takeTimed(first, step, &reader)
        default: throw SimpleWireRefusal(code: first == 0x10 ? 1008 : 1007)
        }
    }

    private mutating func takeTimed(
        _ first: UInt8, _ step: Int, _ reader: inout SimpleWireReader
    ) throws(SimpleWireRefusal) {
        switch first {
        case 0x07:
            scrollX = try SimpleWireReader.inBounds(scrollX + reader.signed())
            scrollY = try SimpleWireReader.inBounds(scrollY + reader.signed())
            saysScroll = true
            say("scroll")
        case 0x08:
            _ = [try reader.position(), try reader.position()]
            say("scroll")
        case 0x0B: notes.isVisible = try reader.choice(0, 1) == 1
        case 0x0C:
            let viewport = [
                try reader.bounded(SimpleWireReader.bound), try reader.bounded(SimpleWireReader.bound),
            ]
            let document = [
                try reader.bounded(SimpleWireReader.bound), try reader.bounded(SimpleWireReader.bound),
            ]
            say(isOnPage ? nil : "leave")
            change { $0.width = Double(viewport[0]) }
            change { $0.height = Double(viewport[1]) }
            changeDocument(document)
        case 0x0D:
            let path = try reader.text(0, 256)
            (scrollX, scrollY) = (try reader.position(), try reader.position())
            saysScroll = true
            let document = [
                try reader.bounded(SimpleWireReader.bound), try reader.bounded(SimpleWireReader.bound),
            ]
            say(isOnPage ? nil : "leave")
            change { $0.page = path }
            changeDocument(document)
        case 0x0F:
            notes.saidBye = true
            hasEnded = true
        default: try takePlaced(first, step, &reader)
        }
    }

    private mutating func takePlaced(
        _ first: UInt8, _ step: Int, _ reader: inout SimpleWireReader
    ) throws(SimpleWireRefusal) {
        // The second number is judged with the first, as they stand there.
        x = try SimpleWireReader.inBounds(x + reader.signed())
        y = try SimpleWireReader.inBounds(y + reader.signed())
        switch first {
        case 0x02:
            try keepPace(step)
            say(nil)
        case 0x03, 0x04:
            let buttons = try reader.bounded(65_535)
            if first == 0x03 { isOnPage = true }
            say(first == 0x03 ? "down" : "up")
            change { $0.buttons = Double(buttons) }
        case 0x06:
            let element = try reader.line(0, 64)
            say("click")
            if !element.isEmpty { change { $0.element = element } }
        default:
            if first == 0x09 { isOnPage = true }
            if first == 0x0A { isOnPage = false }
            say(first == 0x05 ? "cancel" : first == 0x09 ? "enter" : "leave")
        }
    }

    private mutating func keepPace(_ step: Int) throws(SimpleWireRefusal) {
        isOnPage = true
        if step <= 20 { beat = step }
    }

    private mutating func go(_ dx: Int, _ dy: Int) throws(SimpleWireRefusal) {
        (x, y) = (try SimpleWireReader.inBounds(x + dx), try SimpleWireReader.inBounds(y + dy))
    }

    private mutating func takeHello(_ outer: inout SimpleWireReader) throws(SimpleWireRefusal) {
        if hasBegun { throw SimpleWireRefusal(code: 1008) }
        var reader = SimpleWireReader(rest: try outer.bytes()[...])
        let flags = try reader.byte()
        clock = try reader.bounded(1 << 53, longest: 8)
        for _ in 0..<8 { _ = try reader.byte() }
        _ = try reader.text(0, 128)
        let path = try reader.text(0, 256)
        (x, y) = (try reader.position(), try reader.position())
        (scrollX, scrollY) = (try reader.position(), try reader.position())
        var sizes: [Int] = []
        for _ in 0..<5 { sizes.append(try reader.bounded(SimpleWireReader.bound)) }
        type = try reader.choice(0, 3)
        if flags & 4 != 0 { name = try reader.line(1, 64) }
        hasBegun = true
        isOnPage = flags & 1 != 0
        saysScroll = true
        saysType = type != 0
        notes.isVisible = flags & 2 != 0
        say(isOnPage ? nil : "leave")
        change { sample in
            sample.width = Double(sizes[0])
            sample.height = Double(sizes[1])
            sample.page = path
            if flags & 1 == 0 { (sample.x, sample.y) = (0, 0) }
        }
        changeDocument(Array(sizes[2...3]))
    }

    private mutating func say(_ kind: String?) {
        var sample = SimpleSample(id: id)
        (sample.x, sample.y) = (Double(x), Double(y))
        sample.clientTime = Double(clock)
        sample.kind = kind
        if saysScroll { (sample.scrollX, sample.scrollY) = (Double(scrollX), Double(scrollY)) }
        if saysType, type != 0 { sample.pointerType = ["", "mouse", "pen", "touch"][type] }
        sample.name = name
        (saysScroll, saysType, name) = (false, false, nil)
        samples.append(sample)
    }

    private mutating func change(_ body: (inout SimpleSample) -> Void) { body(&samples[samples.count - 1]) }

    private mutating func changeDocument(_ sizes: [Int]) {
        change { ($0.documentWidth, $0.documentHeight) = (Double(sizes[0]), Double(sizes[1])) }
    }
}
