import Glibc
import PointerEvents

/// The templates of what a worker's connections say, shared by all who say alike: few pages differ in more
/// than their ids and numbers.
///
/// A connection knows the place of the one that its last message made. Another one may stand there by now:
/// that is found by comparing, as anything that is not alike.
@safe struct TemplatePool: ~Copyable {
    /// No place.
    static let none = UInt16.max

    /// Each has so many places to be at, next to one another, of which it takes the one whose turn it is.
    private static let ways = 4

    /// One after the other, and behind the last a place to make one at. There from the first message on.
    private var memory: UnsafeMutableRawPointer?
    private var turn = 0

    init() {}

    deinit { unsafe free(memory) }

    /// The template at a place; valid until the next `learn`.
    @inline(__always)
    func find(_ place: UInt16) -> SampleTemplate? {
        guard place != Self.none, let memory = unsafe memory else { return nil }
        return unsafe SampleTemplate(at: memory + Int(place) &* SampleTemplate.byteCount)
    }

    /// Keeps what a message that was accepted says besides its numbers, for others to be held against, unless
    /// it is here already; returns its place, nil where it is no such message.
    mutating func learn(
        _ message: UnsafeRawBufferPointer, accepted decoder: borrowing JSONPointerDecoder
    ) -> UInt16? {
        let memory = unsafe memory ?? makeMemory()
        let bytes = SampleTemplate.byteCount
        let made = unsafe SampleTemplate(at: memory + WorkerLimits.templates * bytes)
        guard unsafe made.become(message, accepted: decoder) else { return nil }
        let set = Int(made.hash % UInt64(WorkerLimits.templates / Self.ways)) * Self.ways
        for place in set..<(set + Self.ways)
        where unsafe SampleTemplate(at: memory + place * bytes).isSame(as: made) { return UInt16(place) }
        turn = (turn + 1) % Self.ways
        unsafe SampleTemplate(at: memory + (set + turn) * bytes).copy(made)
        return UInt16(set + turn)
    }

    private mutating func makeMemory() -> UnsafeMutableRawPointer {
        // Pages of zeros that are not touched cost nothing, hence not allocated and filled.
        guard let made = unsafe calloc(WorkerLimits.templates + 1, SampleTemplate.byteCount) else {
            preconditionFailure("no memory is left")
        }
        unsafe memory = made
        return unsafe made
    }
}
