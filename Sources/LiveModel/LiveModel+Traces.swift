extension LiveModel {
    /// Shows `body` the samples of the visitors still present that are no older than `milliseconds` (hub
    /// epoch), oldest first; no more than the newest 65,536 of everyone are remembered.
    public func forEachTrace(since milliseconds: Int64, _ body: (TracePoint) -> Void) {
        // Times never fall within the ring, so that the first one in question can be searched for.
        var low = 0
        var high = traces.count
        while low < high {
            let middle = (low + high) / 2
            if traces[middle].atMilliseconds < milliseconds { low = middle + 1 } else { high = middle }
        }
        for index in low..<traces.count {
            let point = traces[index]
            if visitors.hasVisitor(point.slot, serial: point.serial) { body(point) }
        }
    }

    /// Remembers where the visitor in `slot` is now.
    @inline(__always)
    mutating func trace(_ slot: Int, at milliseconds: Int64) {
        traceMilliseconds = max(traceMilliseconds, milliseconds)
        let point = TracePoint(
            slot: slot, serial: visitors[slot].serial, kind: visitors[slot].kind,
            x: Self.coordinate(visitors[slot].x), y: Self.coordinate(visitors[slot].y),
            atMilliseconds: traceMilliseconds)
        traces.append(point)
        if slot == followedSlot { followed(point, page: visitors[slot].page) }
    }

    /// Forgets times of a clock that holds no more.
    mutating func forgetTraces() {
        traces.removeAll()
        traceMilliseconds = 0
        following?.forgetTimes()
    }

    @inline(__always)
    private static func coordinate(_ value: Double) -> Float {
        Float(min(max(value, -LiveModelLimits.coordinate), LiveModelLimits.coordinate))
    }
}
