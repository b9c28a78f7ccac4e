/// How many samples a visitor sent in the current second and the four before it.
///
/// Seconds are those of monotonic time, so all visitors' windows turn over together, and no clock that is set
/// empties them.
struct RateWindow: BitwiseCopyable {
    /// Seconds in the window.
    static let seconds = 5

    var second: UInt32 = 0
    var current: UInt32 = 0
    var earlier: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)

    /// Counts samples in `second`.
    @inline(__always)
    mutating func bump(_ second: UInt32, by count: UInt32 = 1) {
        if second != self.second { advance(to: second) }
        current &+= count
    }

    /// Samples in the window that ends with `second`.
    func total(at second: UInt32) -> UInt64 {
        var window = self
        if second != self.second { window.advance(to: second) }
        let earlier = window.earlier
        return UInt64(window.current) + UInt64(earlier.0) + UInt64(earlier.1) + UInt64(earlier.2)
            + UInt64(earlier.3)
    }

    /// Samples a second over the window, or over `ageNanoseconds` where that is shorter, but over one second
    /// at least; rounded to a tenth, so that everyone who sorts by it sorts alike.
    func perSecond(at second: UInt32, ageNanoseconds: Int64) -> Double {
        let age = Double(ageNanoseconds) / 1e9
        let span = min(Double(Self.seconds), max(1, age))
        return (Double(total(at: second)) / span * 10).rounded() / 10
    }

    @inline(never)
    private mutating func advance(to second: UInt32) {
        let step = second &- self.second
        self.second = second
        switch step {
        case 1: earlier = (current, earlier.0, earlier.1, earlier.2)
        case 2: earlier = (0, current, earlier.0, earlier.1)
        case 3: earlier = (0, 0, current, earlier.0)
        case 4: earlier = (0, 0, 0, current)
        default: earlier = (0, 0, 0, 0)
        }
        current = 0
    }
}
