import SupervisorCore

/// The operator's change of workers that is under way, and what came of those before.
struct WorkerChanges {
    /// What the one that is under way is called; nil while none is.
    private(set) var name: String?
    /// Its number, under which a client waits.
    private(set) var number: UInt64 = 0
    /// How it ended, until that is told.
    var outcome: ChangeOutcome?
    /// What takes effect if it is done.
    var reload: Reload?
    var done: UInt64 = 0
    var failed: UInt64 = 0

    /// Begins one; returns its number.
    mutating func begin(_ name: String) -> UInt64 {
        self.name = name
        number += 1
        return number
    }

    /// Ends it.
    mutating func end(_ outcome: ChangeOutcome) {
        if outcome == .done { done += 1 } else { failed += 1 }
        name = nil
        reload = nil
        self.outcome = nil
    }

    /// Counts one that did not even begin.
    mutating func refuse() { failed += 1 }
}
