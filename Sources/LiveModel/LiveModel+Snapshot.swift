extension LiveModel {
    /// A copy of its own whose time stands still: to look at while the world goes on.
    public borrowing func snapshot() -> LiveModel { LiveModel(still: self) }

    private init(still other: borrowing LiveModel) {
        limits = other.limits
        visitors = other.visitors.copy()
        pages = other.pages.copy()
        link = other.link
        status = other.status
        membershipRevision = other.membershipRevision
        visitorsWithoutRow = other.visitorsWithoutRow
        nowMilliseconds = other.nowMilliseconds
        history = other.history
        clock = other.clock
        heardNanoseconds = other.heardNanoseconds
        statusNanoseconds = other.statusNanoseconds
        advancedNanoseconds = other.advancedNanoseconds
        heardMilliseconds = other.heardMilliseconds
        keyframeSecond = other.keyframeSecond
        arrivals = other.arrivals
        keyframeArrival = other.keyframeArrival
        generation = other.generation
        isInsideKeyframe = other.isInsideKeyframe
        traces = other.traces
        traceMilliseconds = other.traceMilliseconds
        following = other.following
        followedSlot = other.followedSlot
        workerHistories = other.workerHistories
        relayedHistory = other.relayedHistory
        healthHistory = other.healthHistory
        incidentMemory = other.incidentMemory
        incidentWatch = other.incidentWatch
        troubles = other.troubles
        shown = other.shown
        heldRates = other.heldRates
        heldSecond = other.heldSecond
        isStill = true
    }
}
