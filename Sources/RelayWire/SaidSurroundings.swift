import PointerEvents

/// A sample and its tail, for what they say of their visitor's surroundings.
struct SaidSurroundings {
    var sample: PointerSample
    var tail: SampleTail?

    init(_ sample: PointerSample, _ tail: SampleTail?) {
        self.sample = sample
        self.tail = tail
    }

    /// Whether there is anything that the next sample must say in this one's place.
    var saysAny: Bool {
        !sample.fields.isDisjoint(with: .surroundings)
            || tail.map { !$0.fields.isDisjoint(with: .surroundings) } ?? false
    }

    /// Says also what an older one says and this one does not.
    mutating func take(from older: SaidSurroundings) {
        sample.takeSurroundings(from: older.sample)
        guard let olderTail = older.tail, !olderTail.fields.isDisjoint(with: .surroundings) else { return }
        var tail = tail ?? SampleTail()
        tail.takeSurroundings(from: olderTail)
        self.tail = tail
    }

    /// Says nothing of them any more: what a test does to see that its model notices.
    mutating func forget() {
        sample.fields.subtract(.surroundings)
        tail?.fields.subtract(.surroundings)
    }
}
