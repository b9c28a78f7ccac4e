import ByteCore
import PointerEvents

@testable import BroadcastHub

/// How it is written.
extension World {
    static func digits(_ value: Int) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 24)
        buffer.appendDecimal(value)
        return Array(buffer.readable)
    }

    /// Coordinates of the simulation are halves.
    static func halves(_ value: Double) -> [UInt8] {
        let doubled = Int(value * 2)
        return digits(doubled / 2) + (doubled % 2 == 0 ? [] : Array(".5".utf8))
    }

    static func json(
        _ idJSON: [UInt8], _ sample: PointerSample, tail: SaidTail?, page: [UInt8]?
    ) -> [UInt8] {
        var json = Array("{\"id\":".utf8)
        json += idJSON
        json += Array(",".utf8) + positionJSON(sample, tail: tail, page: page)
        return json
    }

    static func positionJSON(_ sample: PointerSample, tail: SaidTail?, page: [UInt8]?) -> [UInt8] {
        var json = Array("\"x\":".utf8)
        json += halves(sample.x)
        json += Array(",\"y\":".utf8)
        json += halves(sample.y)
        if sample.fields.contains(.kind) { json += Array(",\"k\":\"\(sample.kind)\"".utf8) }
        if sample.fields.contains(.buttons) { json += Array(",\"b\":\(sample.buttons)".utf8) }
        if sample.fields.contains(.width) { json += Array(",\"w\":".utf8) + halves(sample.width) }
        if sample.fields.contains(.height) { json += Array(",\"h\":".utf8) + halves(sample.height) }
        if let page { json += Array(",\"p\":".utf8) + page }
        if let tail { json += tail.json }
        json.append(UInt8(ascii: "}"))
        return json
    }

    /// The time of day of a moment, as it is told now.
    func milliseconds(_ time: Int64) -> Int {
        let slept = sleeps.filter { time < $0.end }.map(\.nanoseconds).reduce(0, +)
        return Int((time + epochOffset - slept) / 1_000_000)
    }

    /// Samples a second of a visitor, in tenths.
    func rateTenths(_ visitor: Int, now: Int64) -> Int {
        let person = people[visitor]
        let second = now / 1_000_000_000
        let count = person.sampleSeconds.reduce(0) { $0 + ($1 > second - 5 && $1 <= second ? 1 : 0) }
        let span = min(5.0, max(1.0, Double(now - person.since) / 1e9))
        return Int((Double(count) / span * 10).rounded())
    }

    /// Who is present, those who moved or joined last first.
    var presentNewestFirst: [Int] {
        people.indices.filter { people[$0].isPresent }.sorted { people[$0].order > people[$1].order }
    }

    /// A keyframe's entries at this moment.
    func keyframeEntries(now: Int64) -> [[UInt8]] {
        presentNewestFirst.map { visitor in
            let person = people[visitor]
            let tenths = rateTenths(visitor, now: now)
            var json = Array("{\"id\":".utf8)
            json += person.idJSON
            json += Array(",\"since\":\(milliseconds(person.since)),\"worker\":\(person.pid)".utf8)
            json += Array(",\"rate\":\(tenths / 10)".utf8)
            if tenths % 10 != 0 { json += Array(".\(tenths % 10)".utf8) }
            let last = person.newestN == 0 ? person.since : person.last
            json += Array(",\"last\":\(milliseconds(last))".utf8)
            if person.newestN == 0 { return json + [UInt8(ascii: "}")] }
            // The newest sample's own text, from behind its id on.
            return json + events[person.newestN - 1].filled[(6 + person.idJSON.count)...]
        }
    }
}
