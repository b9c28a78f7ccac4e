@testable import RelayWire

/// Remembers where each visitor was at each of its samples, by what was said before anything was folded.
///
/// It knows nothing of queues and folding: whoever replays the records that came out must find every visitor
/// in the same place at the same sample.
struct Witness {
    /// Where a visitor is: the path itself, since a page's number may come to mean another.
    private struct Place: Equatable {
        var path: [UInt8]?
        var width: Double?
        var height: Double?
        var name: [UInt8]?
        /// Scroll offset, document and pointer; no number that could come to mean another text.
        var tail = Surroundings.Tail()
    }

    /// What a place cannot hold: what was clicked, by the text itself.
    private var clicked: [Double: [UInt8]] = [:]
    private var texts: [RelayText: [UInt32: [UInt8]]] = [:]
    private var places: [UInt32: Place] = [:]
    /// By the sample's x, which no two share.
    private var seen: [Double: Place] = [:]

    /// Takes a record as it was appended.
    mutating func see(_ told: Told) {
        apply(told)
        if case .sample(let slot, _, let x, _) = told { seen[x] = places[slot] }
    }

    /// Replays what came out; the first sample at which a visitor is elsewhere than it was.
    func firstDifference(in told: [Told]) -> String? {
        var replay = Witness()
        for record in told {
            replay.apply(record)
            guard case .sample(let slot, _, let x, _) = record else { continue }
            guard let place = replay.places[slot], place == seen[x] else {
                return "at sample \(x) slot \(slot) is somewhere else than it was"
            }
            guard replay.clicked[x] == clicked[x] else { return "at sample \(x) another element is meant" }
        }
        return nil
    }

    private mutating func apply(_ told: Told) {
        switch told {
        case .text(let kind, let index, let bytes): texts[kind, default: [:]][index] = bytes
        case .noText(let kind, let index): texts[kind, default: [:]][index] = nil
        case .leave(let slot, _, _), .moving(let slot, _): places[slot] = nil
        case .sample(let slot, _, let x, let says):
            var place = places[slot] ?? Place()
            if let page = says.page { place.path = texts[.page]?[page] }
            if let name = says.tail?.name { place.name = texts[.name]?[name] }
            if let element = says.tail?.element { clicked[x] = texts[.element]?[element] }
            if var tail = says.tail {
                tail.take(from: place.tail)
                (tail.name, tail.element) = (nil, nil)
                place.tail = tail
            }
            if let width = says.width { place.width = width }
            if let height = says.height { place.height = height }
            places[slot] = place
        case .hello, .join, .closed, .connection, .moved, .adopt, .adopted, .arrived,
            .identityKey:
            break
        }
    }
}
