import ByteCore
import PointerEvents

/// What really happened, kept in the simplest way: every event ever, and who is here.
///
/// The hub's answers are held against this; it forgets nothing and shares no code with the hub but the
/// writing of decimal digits.
final class World {
    /// Where somebody is: page and viewport, as far as told.
    struct Surroundings: Equatable {
        var page: [UInt8]?
        var width: Double?
        var height: Double?
        var tail = SaidTail()

        mutating func merge(_ other: Surroundings) {
            page = other.page ?? page
            width = other.width ?? width
            height = other.height ?? height
            tail = other.tail.filled(from: tail)
        }

        /// Whether what both know is the same.
        func agrees(with other: Surroundings) -> Bool {
            func same<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
                left == nil || right == nil || left == right
            }
            return same(page, other.page) && same(width, other.width) && same(height, other.height)
                && tail.agrees(with: other.tail)
        }
    }

    struct Event {
        var visitor: Int
        var isKill: Bool
        var isJoin: Bool
        /// The JSON of the sample or the kill.
        var data: [UInt8]
        /// The same with the surroundings that the visitor told before.
        var filled: [UInt8]
        /// The whole message of the default shape.
        var message: [UInt8]
        var filledMessage: [UInt8]
        /// What `data` says of the surroundings, and what holds with it.
        var told = Surroundings()
        var held = Surroundings()
        /// As it came; of a kill nothing.
        var sample = PointerSample()
        var tail: SaidTail?
        /// Samples up to and with this event.
        var ordinal: UInt64
    }

    struct Person {
        var id: [UInt8]
        var idJSON: [UInt8]
        var speakers = 0
        /// Until when somebody for whom nobody speaks is here still, and which of those with the same time.
        var grace: (until: Int64, tie: Int)?
        var since: Int64 = 0
        var pid: Int32 = 0
        /// n of the newest sample since joining, 0 for none.
        var newestN = 0
        var last: Int64 = 0
        var sampleSeconds: [Int64] = []
        /// n of the newest sample, or the head at joining: the order of the keyframe.
        var order = (n: 0, tie: 0)
        var killN = 0
        /// The page named last since joining, and the viewport where it was in whole pixels.
        var held = Surroundings()
        /// Several slots spoke at a time, and none alone has named a page since.
        var isSeveral = false

        var isPresent: Bool { speakers > 0 || grace != nil }
    }

    struct Slot: Hashable {
        var channel: Int
        var slot: UInt32
    }

    static let boot: UInt64 = 0x00c0_ffee_00c0_ffee

    /// Names this world in every event id.
    let boot: UInt64
    static let epochOffset: Int64 = 1_732_109_508_123_456_789

    /// CLOCK_REALTIME less monotonic time, and every sleep of the machine with the moment of its end.
    var epochOffset = World.epochOffset
    var sleeps: [(end: Int64, nanoseconds: Int64)] = []
    /// How often the clock was set.
    var clockSettings = 0
    var events: [Event] = []
    var people: [Person]
    var slots: [Slot: Int] = [:]
    var pages: [Slot: [UInt8]] = [:]
    var names: [Slot: [UInt8]] = [:]
    var elements: [Slot: [UInt8]] = [:]
    /// How long who said bye may take to come back, and how many did.
    var grace: Int64 = 0
    var graceCount = 0
    var returns = 0
    /// The page that each slot named last.
    var slotPages: [Slot: [UInt8]] = [:]
    var pids: [Int: Int32] = [:]
    /// Connections between two channels, by their numbers.
    var moves: [UInt64: Move] = [:]
    var kills: [Int] = []
    private var joinCount = 0
    /// Is told of each visitor who has gone.
    var onKill: ((Int) -> Void)?

    init(people: [Person], boot: UInt64 = World.boot) {
        self.people = people
        self.boot = boot
    }

    static let names: [(id: String, json: String)] = [
        ("user123", "\"user123\""), ("b", "\"b\""), ("a\"q\"", "\"a\\\"q\\\"\""), ("c\\d", "\"c\\\\d\""),
        ("é-ü-漢", "\"é-ü-漢\""), ("x7", "\"x7\""),
        (String(repeating: "L", count: 64), "\"" + String(repeating: "L", count: 64) + "\""), ("z", "\"z\""),
    ]

    static let defaultPeople = names.map { Person(id: Array($0.id.utf8), idJSON: Array($0.json.utf8)) }

    var head: Int { events.count }
    func ordinal(_ n: Int) -> UInt64 { n == 0 ? 0 : events[n - 1].ordinal }

    // MARK: What happens

    func joined(_ slot: Slot, _ visitor: Int, now: Int64) {
        let previous = slots[slot]
        slots[slot] = visitor
        slotPages[slot] = nil
        people[visitor].pid = pids[slot.channel]!
        if people[visitor].isPresent {
            if people[visitor].grace != nil { returns += 1 }
            people[visitor].grace = nil
            people[visitor].speakers += 1
            people[visitor].isSeveral = true
        } else {
            appear(visitor, since: now)
        }
        if let previous { lost(previous) }
    }

    /// Somebody is here who was not.
    func appear(_ visitor: Int, since: Int64) {
        joinCount += 1
        people[visitor].speakers = 1
        people[visitor].since = since
        people[visitor].newestN = 0
        people[visitor].held = Surroundings()
        people[visitor].sampleSeconds = []
        people[visitor].order = (head, joinCount)
        people[visitor].isSeveral = false
    }

    func left(_ slot: Slot, mayReturn: Bool = false, now: Int64 = 0) {
        guard let visitor = slots.removeValue(forKey: slot) else { return }
        slotPages[slot] = nil
        lost(visitor, mayReturn: mayReturn, now: now)
    }

    func closed(_ channel: Int) {
        for slot in slots.keys.filter({ $0.channel == channel }).sorted(by: { $0.slot < $1.slot }) {
            left(slot)
        }
        endMoves(of: channel)
        pages = pages.filter { $0.key.channel != channel }
        names = names.filter { $0.key.channel != channel }
        elements = elements.filter { $0.key.channel != channel }
        pids[channel] = nil
    }

    func appendKill(of visitor: Int) {
        var data = Array("{\"kill\":".utf8)
        data += people[visitor].idJSON
        data.append(UInt8(ascii: "}"))
        append(visitor, isKill: true, isJoin: false, data, filled: data)
        people[visitor].killN = head
        kills.append(head)
    }

    /// `catchUpUntil` is the greatest n that somebody is catching up to, as the hub has it: a sample of a
    /// visitor who may be part of that goes out with the surroundings that hold.
    func sampled(
        _ slot: Slot, _ sample: PointerSample, tail: SampleTail?, now: Int64, catchUpUntil: Int
    ) {
        guard let visitor = slots[slot] else { return }
        var page: [UInt8]?
        if sample.fields.contains(.page) {
            page = pages[Slot(channel: slot.channel, slot: sample.page)]
            slotPages[slot] = page
            if people[visitor].speakers == 1 { people[visitor].isSeveral = false }
        }
        let said = said(tail, on: slot.channel)
        // A name for which there was no room: the one before is not theirs any more.
        if tail?.fields.contains(.name) == true, said?.name == nil { people[visitor].held.tail.name = nil }
        take(visitor, sample, tail: said, page: page, now: now, catchUpUntil: catchUpUntil)
        people[visitor].sampleSeconds.append(now / 1_000_000_000)
    }

    /// A sample of somebody, which names `page` where it names one.
    func take(
        _ visitor: Int, _ sample: PointerSample, tail: SaidTail?, page: [UInt8]?, now: Int64,
        catchUpUntil: Int
    ) {
        var told = Surroundings()
        if sample.fields.contains(.page) {
            told.page = page
            people[visitor].held.page = told.page
        }
        if sample.fields.contains(.width) {
            told.width = sample.width
            people[visitor].held.width = Self.wholePixels(sample.width)
        }
        if sample.fields.contains(.height) {
            told.height = sample.height
            people[visitor].held.height = Self.wholePixels(sample.height)
        }
        if let tail {
            told.tail = tail.surroundings
            people[visitor].held.tail = told.tail.filled(from: people[visitor].held.tail)
        }
        let isJoin = people[visitor].newestN == 0
        let filled = filled(sample, tail, of: visitor)
        var data = Self.json(people[visitor].idJSON, sample, tail: tail, page: told.page)
        if !isJoin, people[visitor].newestN <= catchUpUntil {
            data = filled
            let own = told
            told = people[visitor].held
            told.merge(own)
        }
        append(visitor, isKill: false, isJoin: isJoin, data, filled: filled)
        events[head - 1].told = told
        events[head - 1].sample = sample
        events[head - 1].tail = tail
        events[head - 1].held = people[visitor].held
        people[visitor].newestN = head
        people[visitor].last = now
        people[visitor].order = (head, 0)
    }

    /// A viewport that is kept: whole pixels, none and too many being no viewport.
    private static func wholePixels(_ value: Double) -> Double? {
        value >= 1 && value <= 65_535 && value == value.rounded() ? value : nil
    }

    /// A sample's JSON with what the visitor told before and holds still.
    private func filled(_ sample: PointerSample, _ tail: SaidTail?, of visitor: Int) -> [UInt8] {
        let person = people[visitor]
        var sample = sample
        if !sample.fields.contains(.width), let width = person.held.width {
            sample.fields.insert(.width)
            sample.width = width
        }
        if !sample.fields.contains(.height), let height = person.held.height {
            sample.fields.insert(.height)
            sample.height = height
        }
        let whole = (tail ?? SaidTail()).filled(from: person.held.tail)
        return Self.json(person.idJSON, sample, tail: whole, page: person.held.page)
    }

    private func append(
        _ visitor: Int, isKill: Bool, isJoin: Bool, _ data: [UInt8], filled: [UInt8]
    ) {
        let n = events.count + 1
        let ordinal = self.ordinal(head) + (isKill ? 0 : 1)
        let (message, filledMessage) = (message(n, data), message(n, filled))
        events.append(
            Event(
                visitor: visitor, isKill: isKill, isJoin: isJoin, data: data, filled: filled,
                message: message, filledMessage: filledMessage, ordinal: ordinal))
    }

    private func message(_ n: Int, _ data: [UInt8]) -> [UInt8] {
        idLine(n) + Array("\ndata: ".utf8) + data + [10, 10]
    }

    /// `id: <boot>-<n>`
    func idLine(_ n: Int) -> [UInt8] {
        let hex = String(boot, radix: 16)
        return Array("id: \(String(repeating: "0", count: 16 - hex.count))\(hex)-".utf8) + Self.digits(n)
    }
}
