/// When what was noticed of files is acted on: not before it has been quiet for a while, so that many changes
/// are one, and what is half written is left alone.
///
/// ```
///           noticed                 quiet
///   still ──────────▶ settling ──────────────▶ due ── taken ──▶ still
///                     ▲  │ noticed              │ noticed
///                     └──┘ ◀────────────────────┘
/// ```
/// Times are nanoseconds of CLOCK_MONOTONIC.
struct ChangeDelay {
    private enum State: Equatable {
        case still
        /// It was noticed `since` then, and is acted on at `until`.
        case settling(since: Int64, until: Int64)
        case due
    }

    private var state = State.still

    /// Something was noticed; `isUnfinished` where somebody has written into a file and not closed it, which
    /// is waited for longer, and for as long as they go on.
    mutating func noticed(isUnfinished: Bool, quiet: Int64, now: Int64) {
        let since = if case .settling(let since, _) = state { since } else { now }
        let rest = isUnfinished ? max(quiet, MasterLimits.watchUnfinishedNanoseconds) : quiet
        // What never rests is acted on all the same.
        let latest = isUnfinished ? .max : max(now, since + MasterLimits.watchPatienceNanoseconds)
        state = .settling(since: since, until: min(now + rest, latest))
    }

    /// When to ask `isDue` again; nil where nothing is waited for.
    var deadline: Int64? { if case .settling(_, let until) = state { until } else { nil } }

    /// Whether it has been quiet for long enough; it stays so until it is `taken` or more is noticed.
    mutating func isDue(now: Int64) -> Bool {
        if case .settling(_, let until) = state, now >= until { state = .due }
        return state == .due
    }

    /// It was acted on.
    mutating func taken() { state = .still }
}
