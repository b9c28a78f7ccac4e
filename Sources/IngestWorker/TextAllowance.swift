/// How many texts one connection may have that are new to its worker: a token bucket in four bytes.
///
/// One number says when the next text would be due if they had always come at their rate (the generic cell
/// rate algorithm, ITU-T I.371, Annex A), in steps of `WorkerLimits.textNanoseconds`.
struct TextAllowance: BitwiseCopyable {
    private(set) var due: UInt32 = 0

    /// One that has not taken any.
    init() {}

    /// One whose next text is due then, in steps of this machine's clock.
    init(due: UInt32) { self.due = due }

    /// Takes one; false where none is left. `now` is CLOCK_MONOTONIC in nanoseconds.
    mutating func take(now: Int64) -> Bool {
        let step = UInt32(truncatingIfNeeded: now / WorkerLimits.textNanoseconds)
        // The difference holds for four years behind the last text, whatever both come to.
        if Int32(bitPattern: due &- step) < 0 { due = step }
        guard Int32(bitPattern: due &- step) < WorkerLimits.textBurst else { return false }
        due &+= 1
        return true
    }
}
