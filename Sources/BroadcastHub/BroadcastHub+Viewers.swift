import ByteCore
import FramesShape
import SSEWire

/// Viewers coming and going.
extension BroadcastHub {
    /// Attaches a viewer; what it gets first is there at once (`hasOutput`).
    ///
    /// A resume works where the ring still holds what came after the named event. Any other resume is
    /// answered by a reset in the default shape. The frames shape always begins with a keyframe; the rate's
    /// tick is brought forward for it. An essential viewer is part of this server; one that `showsLess` gets
    /// the brief status, and a poll is answered once: see `answer`. How many viewers there may be is the
    /// owner's business: each takes about 300 bytes, and of the budget what is left of a message whose source
    /// is gone.
    public func attach(
        shape: ViewerShape, resume: ResumeRequest, showsLess: Bool = false, isEssential: Bool = false,
        isPoll: Bool = false, now: Int64
    ) -> ViewerID {
        let id = freeID()
        let start = resumable(resume)
        let viewer = Viewer(
            id: id, shape: shape, position: start ?? ring.headN,
            baseOrdinal: start.map { ring.ordinal(through: $0) } ?? ring.headOrdinal,
            isEssential: isEssential, showsLess: showsLess, isPoll: isPoll, now: now)
        add(viewer, now: now)
        if shape != .samples, !isPoll || start == nil {
            viewer.history = historyToTell(resumes: start != nil, now: now)
        }
        switch shape {
        case .samples:
            if start == nil, resume != .head { beginCatchUp(viewer, isReset: true) }
        case .frames(let rate):
            if isPoll, start != nil {
                ticker.expect(viewer)
            } else {
                ticker.attach(viewer, at: rate, source: self, now: now)
            }
        }
        return id
    }

    /// A name for a new viewer.
    func freeID() -> ViewerID {
        let index: UInt32
        if let free = freeViewers.popLast() {
            index = free
        } else {
            index = UInt32(viewers.count)
            viewers.append(nil)
            generations.append(0)
        }
        return ViewerID(index: index, generation: generations[Int(index)], scope: scopeNumber)
    }

    /// Counts a viewer in.
    func add(_ viewer: Viewer, now: Int64) {
        viewers[Int(viewer.id.index)] = viewer
        if viewerCount == 0 { heartbeatDueAt = now + SSEWire.Limits.heartbeatNanoseconds }
        viewerCount += 1
        baseOrdinalSum &+= viewer.baseOrdinal
    }

    /// The n after which a viewer can go on, if the request names one that the ring has.
    private func resumable(_ request: ResumeRequest) -> UInt64? {
        guard case .after(let event) = request, event.boot == boot, event.n <= ring.headN else { return nil }
        // An unsealed n was never sent to anyone.
        guard event.n + 1 >= ring.firstN else { return nil }
        ring.seal()
        return isFaulty(.resumeOffByOne) ? min(event.n + 1, ring.headN) : event.n
    }

    /// Lets a viewer go; what it was still to get counts as undelivered.
    public func detach(_ id: ViewerID, reason: DetachReason) {
        if id.scope != scopeNumber {
            within(id)?.detach(id, reason: reason)
            return
        }
        guard let viewer = find(id) else { return }
        remove(viewer, reason, handingOn: 0)
    }

    /// Lets a viewer go that may get so many of its samples elsewhere: they are not offered here, and neither
    /// is what a poll has not had, as it asks for that again.
    func remove(_ viewer: Viewer, _ reason: DetachReason, handingOn samples: UInt64) {
        endCatchUp(viewer)
        let pending = viewer.pending(headOrdinal: ring.headOrdinal)
        let leaves = viewer.isPoll && !isFaulty(.pollOffersWhatWaits) ? pending : samples
        counted.undelivered[reason.rawValue] &+= pending &- leaves
        departedOffered &+= ring.headOrdinal &- viewer.baseOrdinal &- leaves
        baseOrdinalSum &-= viewer.baseOrdinal
        viewerCount -= 1
        ledger.dismiss(viewer)
        viewers[Int(viewer.id.index)] = nil
        generations[Int(viewer.id.index)] &+= 1
        freeViewers.append(viewer.id.index)
        if case .frames(let rate) = viewer.shape { ticker.detach(viewer, at: rate) }
    }

    /// The viewer of that name, which is none of a scope's, unless it was detached.
    func find(_ id: ViewerID) -> Viewer? {
        guard Int(id.index) < viewers.count, generations[Int(id.index)] == id.generation else { return nil }
        return viewers[Int(id.index)]
    }

    /// Whether `fillVectors` is worth calling; it may still find nothing.
    public func hasOutput(_ id: ViewerID) -> Bool {
        if id.scope != scopeNumber { return within(id)?.hasOutput(id) ?? false }
        guard let viewer = find(id), !viewer.isForfeited else { return false }
        if viewer.isCarrying || viewer.owesOpening { return true }
        if viewer.owesHeartbeat, viewer.isAtBoundary { return true }
        switch viewer.shape {
        case .samples:
            if case .catchingUp = viewer.progress { return true }
            return viewer.position < ring.sealedN
        case .frames(let rate):
            return ticker.hasOutput(for: viewer, at: rate) || owesHistory(to: viewer)
        }
    }

    /// When the viewer's kernel last took bytes (monotonic nanoseconds), or when it was attached; every
    /// viewer is owed a heartbeat now and then, so one that stands still is stuck.
    public func lastProgress(_ id: ViewerID) -> Int64? {
        if id.scope != scopeNumber { return within(id)?.lastProgress(id) }
        return find(id)?.lastProgress
    }

    /// Samples that the viewer is still to get or to skip.
    public func pending(_ id: ViewerID) -> UInt64? {
        if id.scope != scopeNumber { return within(id)?.pending(id) }
        return find(id)?.pending(headOrdinal: ring.headOrdinal)
    }

    /// Samples delivered to the viewer.
    public func delivered(_ id: ViewerID) -> UInt64? {
        if id.scope != scopeNumber { return within(id)?.delivered(id) }
        return find(id)?.delivered
    }

    /// Samples skipped for the viewer.
    public func conflated(_ id: ViewerID) -> UInt64? {
        if id.scope != scopeNumber { return within(id)?.conflated(id) }
        return find(id)?.conflated
    }

    /// When `tick` is to be called next (monotonic nanoseconds, possibly past); nil when nobody is attached
    /// and no scope is left to be forgotten.
    public func nextTick(now: Int64) -> Int64? {
        let own = viewerCount > 0 ? min(heartbeatDueAt, ticker.dueAt) : nil
        guard hasScopes else { return own }
        return scopes.reduce(own ?? .max) { min($0, $1.dueAt(limits, now: now)) }
    }

    /// Makes the frames that are due, and owes everyone a heartbeat when its time has come.
    public func tick(now: Int64) {
        filledFor = nil
        if now >= heartbeatDueAt {
            heartbeatDueAt = now + SSEWire.Limits.heartbeatNanoseconds
            forEachViewer { $0.owesHeartbeat = !$0.isPoll }
        }
        ticker.tick(source: self, now: now)
        if hasScopes { tickScopes(now: now) }
    }

    /// Sets the newest `status`, a JSON object on one line, which every frames viewer gets once: in full, or
    /// `brief` where it `showsLess`, filtered or not. Viewers that are held to a scope get none of it: see
    /// `setStatus(_:of:)`.
    ///
    /// Returns false, and keeps the old ones, where one is longer than `FramesLimits.statusBytes`.
    public func setStatus(_ json: UnsafeRawBufferPointer, brief: UnsafeRawBufferPointer) -> Bool {
        guard ticker.setStatus(json, brief: brief) else { return false }
        for scope in scopes where scope.view.scope == nil { ticker.lendStatus(to: scope.hub.ticker) }
        return true
    }
}
