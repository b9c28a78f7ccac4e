import LiveModel

/// Whether a delay is as it should be, by what is usual on its hop.
///
/// A frame's text is made when its tick comes: at ten a second a sample waits 50 ms on average and 100 ms at
/// most, which is no trouble. A picture waits in the same way for its own time.
struct DelayJudgement {
    enum Hop: CaseIterable {
        case relayed
        case encoded
        case shown

        var word: String {
            switch self {
            case .relayed: "relayed"
            case .encoded: "encoded"
            case .shown: "shown"
            }
        }
    }

    /// Milliseconds between two frames of the slowest viewer, and between two pictures here.
    private let frame: Double
    private let picture: Double

    init(_ status: ServerStatus, picturesPerSecond: Int) {
        let slowest = status.audience.lazy.filter { $0.hz > 0 }.map(\.hz).min() ?? 10
        frame = 1_000 / Double(min(max(slowest, 1), 1_000))
        picture = 1_000 / Double(max(picturesPerSecond, 1))
    }

    /// Milliseconds that nobody need look at.
    func limit(of hop: Hop) -> Double {
        switch hop {
        case .relayed: 25
        // Ticks come a little late on a machine that is busy.
        case .encoded: frame * 1.25
        case .shown: max(62.5, picture * 1.25)
        }
    }

    func style(of milliseconds: Double, _ hop: Hop) -> Style {
        let limit = limit(of: hop)
        return milliseconds < limit
            ? .good : milliseconds < 2 * limit + 50 ? .plain : milliseconds < 20 * limit ? .caution : .bad
    }
}
