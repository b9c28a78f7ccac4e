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
    }

    private var pages: [UInt32: [UInt8]] = [:]
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
        }
        return nil
    }

    private mutating func apply(_ told: Told) {
        switch told {
        case .page(let index, let bytes): pages[index] = bytes
        case .leave(let slot, _): places[slot] = nil
        case .sample(let slot, _, _, let says):
            var place = places[slot] ?? Place()
            if let page = says.page { place.path = pages[page] }
            if let width = says.width { place.width = width }
            if let height = says.height { place.height = height }
            places[slot] = place
        case .hello, .join, .closed, .connection: break
        }
    }
}
