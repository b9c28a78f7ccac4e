@testable import LiveModel

/// A model that tests feed with text, with a clock of its own.
final class Picture {
    var model: LiveModel
    /// Monotonic nanoseconds.
    var now: Int64 = 1_000_000_000

    /// The hub's time when `now` was a second: a round one, to make tests readable.
    static let epoch: Int64 = 1_700_000_000_000

    init(limits: LiveModelLimits = .standard) {
        model = LiveModel(limits: limits, seed: 7)
    }

    /// Hub epoch milliseconds, with no delay on the way.
    var at: Int64 { Self.epoch + now / 1_000_000 - 1_000 }

    func pass(milliseconds: Int64) {
        now += milliseconds * 1_000_000
        model.advance(now: now)
    }

    @discardableResult
    func apply(_ event: String, _ json: String) -> LiveModel.Outcome { apply(event, bytes: Array(json.utf8)) }

    @discardableResult
    func apply(_ event: String, bytes: [UInt8]) -> LiveModel.Outcome {
        var event = event
        return event.withUTF8 { name in
            bytes.withUnsafeBytes { model.apply(event: UnsafeRawBufferPointer(name), data: $0, now: now) }
        }
    }

    @discardableResult
    func frame(_ members: String) -> LiveModel.Outcome {
        apply("frame", #"{"at":\#(at)\#(members.isEmpty ? "" : ",")\#(members)}"#)
    }

    @discardableResult
    func keyframe(_ visitors: String, more: Bool = false) -> LiveModel.Outcome {
        apply("keyframe", #"{"at":\#(at),"visitors":[\#(visitors)]\#(more ? #","more":true"# : "")}"#)
    }

    func join(_ id: String) { frame(#""joins":[{"id":"\#(id)","since":\#(at),"worker":1}]"#) }

    func send(_ count: Int, from id: String) {
        let sample = #"{"id":"\#(id)","x":1,"y":2}"#
        frame(#""samples":[\#(Array(repeating: sample, count: count).joined(separator: ","))]"#)
    }

    /// Everyone's slots, most active first.
    func slots(from offset: Int = 0, count: Int = .max) -> [Int] {
        var chosen: [RankedVisitor] = []
        _ = model.visitors(matching: VisitorQuery(), from: offset, count: count, into: &chosen)
        return chosen.map(\.slot)
    }

    /// Everyone's ids, most active first.
    var ids: [String] { slots().map { model.id(of: $0) } }

    func slot(of id: String) -> Int { slots().first { model.id(of: $0) == id } ?? -1 }

    func rate(_ id: String) -> Double {
        let slot = slot(of: id)
        return slot < 0 ? -1 : model.rate(of: slot)
    }

    func matches(_ slot: Int, _ filter: VisitorFilter) -> Bool { model.matches(slot, filter) }

    func place(of slot: Int, in query: VisitorQuery) -> Int? { model.place(of: slot, in: query) }

    func visitor(_ id: String) -> VisitorGlance? { model.visitor(in: slot(of: id)) }
}
