import PosixIO

/// An answer that is dear to make: made ten times a second at most, and given to all who wait for it then.
///
/// Who asks while one is being made waits for the next, so that nobody gets what is older than their
/// question.
enum SharedAnswer: Int, CaseIterable {
    case state
    case metrics
}

/// Who waits for a shared answer, and when the next may be made.
struct Demand {
    /// Those who asked since the last was begun.
    var waiting: [Token] = []
    /// Those whom the one that is being made is for.
    var served: [Token] = []
    /// Monotonic nanoseconds.
    var nextAt = Int64.min
    /// Bytes of the last one, for those who ask for nothing else.
    var length: Int?
}
