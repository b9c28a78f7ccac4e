import RelayWire

/// Texts that nobody says any more.
extension SampleInterner {
    /// Forgets some of them, and has the master forget them, too: their indices mean a text from here on that
    /// is no visitor's. To be called once a second.
    mutating func forgetUnsaidTexts(atSecond second: Int64, into queue: inout RelayQueue) {
        // A master that is behind is not to hear this first.
        guard queue.hasRoomForUnfoldable else { return }
        pages.forgetUnsaid(atSecond: second) { Self.forget(.page, $0, in: &queue) }
        names.forgetUnsaid(atSecond: second) { Self.forget(.name, $0, in: &queue) }
        elements.forgetUnsaid(atSecond: second) { Self.forget(.element, $0, in: &queue) }
    }

    private static func forget(_ kind: RelayText, _ index: UInt32, in queue: inout RelayQueue) {
        // The shortest that every kind may be.
        let nobodys: StaticString = "-"
        unsafe queue.appendText(
            kind, index: index, bytes: UnsafeRawBufferPointer(start: nobodys.utf8Start, count: 1))
    }
}
