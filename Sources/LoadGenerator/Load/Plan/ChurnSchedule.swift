/// Who leaves when, fixed before the run: at even times one visitor after the other, in an order that seems
/// random and meets each before any again.
struct ChurnSchedule: Equatable {
    private let visitorCount: Int
    /// Nanoseconds between two leaves; infinite for none.
    private let spacing: Double
    private let begin: Int64
    /// Where between two leaves this process's stand.
    private let phase: Double
    private let first: Int
    private let stride: Int

    /// `perSecond` leaves of a process's visitors, beginning at `begin` nanoseconds of the run; `share` is
    /// the process's place among all, whose leaves lie between its own.
    init(
        visitorCount: Int, perSecond: Double, begin: Int64, seed: UInt64,
        share: (index: Int, count: Int) = (0, 1)
    ) {
        self.visitorCount = max(visitorCount, 1)
        spacing = perSecond > 0 && visitorCount > 0 ? 1e9 / perSecond : .infinity
        self.begin = begin
        phase = Double(share.index) / Double(share.count)
        var random = SeededRandom(seed: seed)
        first = random.index(below: self.visitorCount)
        // Coprime to the number of visitors, or some would never go.
        var stride = self.visitorCount * 618 / 1000 | 1
        while Self.divisor(stride, self.visitorCount) != 1 { stride += 2 }
        self.stride = stride
    }

    /// When the nth leave is due (from 0); `.max` if there is none.
    func leaveNanoseconds(_ index: Int) -> Int64 {
        let after = spacing * (Double(index + 1) - phase)
        return after < 1e18 ? begin &+ Int64(after) : .max
    }

    /// Who leaves then.
    func visitor(_ index: Int) -> Int {
        (first + index % visitorCount * stride) % visitorCount
    }

    private static func divisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : divisor(right, left % right)
    }
}
