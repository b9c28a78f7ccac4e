import RelayWire

/// The indices of texts, which the master is told of, and has forgotten when nobody says them any more.
extension SampleInterner {
    /// The index of a text of one kind, which the master is told where it is new.
    ///
    /// A connection that has told too many loses the texts of its own samples, and `withheld` counts: its
    /// index means none, so that nobody is shown where they were before.
    @inline(never)
    static func index(
        _ text: UnsafeRawBufferPointer, _ kind: RelayText, in numbers: inout TextNumbers,
        _ allowance: inout TextAllowance, _ withheld: inout UInt64, now: Int64, into queue: inout RelayQueue
    ) -> UInt32 {
        if let known = unsafe numbers.find(text) { return known }
        if allowance.take(now: now) {
            let index = unsafe numbers.add(text)
            unsafe queue.appendText(kind, index: index, bytes: text)
            return index
        }
        withheld += 1
        if !numbers.isWithheldTold {
            numbers.isWithheldTold = true
            queue.appendNoText(kind, index: numbers.withheld)
        }
        return numbers.withheld
    }

    /// Forgets some of them, and has the master forget them, too: their indices mean nothing from here on. To
    /// be called once a second.
    mutating func forgetUnsaidTexts(atSecond second: Int64, into queue: inout RelayQueue) {
        // A master that is behind is not to hear this first.
        guard queue.hasRoomForUnfoldable else { return }
        pages.forgetUnsaid(atSecond: second) { queue.appendNoText(.page, index: $0) }
        names.forgetUnsaid(atSecond: second) { queue.appendNoText(.name, index: $0) }
        elements.forgetUnsaid(atSecond: second) { queue.appendNoText(.element, index: $0) }
    }
}
