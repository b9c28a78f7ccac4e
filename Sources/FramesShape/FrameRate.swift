/// How often a reader of the frames shape gets a frame.
public enum FrameRate: Int, CaseIterable, Sendable {
    case hz1 = 1
    case hz5 = 5
    case hz10 = 10
    case hz15 = 15
    case hz30 = 30
    case hz60 = 60

    /// Ticks a second.
    public var hertz: Int { rawValue }

    /// Nanoseconds between two ticks.
    var periodNanoseconds: Int64 { 1_000_000_000 / Int64(rawValue) }

    /// The rate's place in a table of all rates.
    var index: Int {
        switch self {
        case .hz1: 0
        case .hz5: 1
        case .hz10: 2
        case .hz15: 3
        case .hz30: 4
        case .hz60: 5
        }
    }
}
