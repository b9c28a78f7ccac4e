import FramesShape

/// Viewers that change their filter.
///
/// ```
///  the hub that it had ── the rest of the message at hand, with its samples ──▶ the hub that it gets
///                         all else is undelivered                                keyframe, or reset
/// ```
/// So one stream goes on: what follows the message at hand replaces the whole picture.
extension BroadcastHub {
    /// Has a viewer see what another filter takes, or everything where that is nil, within the same scope.
    /// Returns its new name; the old one is nobody's.
    ///
    /// Where there is no room for another filter, all stays as it was.
    public func refilter(
        _ id: ViewerID, to filter: StreamFilter?, now: Int64
    ) throws(ScopeRefusal) -> ViewerID {
        let source = id.scope == scopeNumber ? self : within(id)
        guard let source, let viewer = source.find(id) else { return id }
        let held = find(id.scope)
        let view = HubView(scope: held?.view.scope, filter: filter)
        let target = view == HubView() ? nil : try use(view, replacing: held?.number, now: now)
        if !isFaulty(.refilterUncounted) { counted.filterChanges += 1 }
        let moved = (target?.hub ?? self).takeOver(viewer, from: source, now: now)
        target?.idleSince = nil
        if let held, held.hub.viewerCount == 0, held !== target, isOverLimit, !isFaulty(.replacedFilterKept) {
            forget(held)
        }
        return moved
    }

    /// Whether a scope was made in the place of one that is still there.
    private var isOverLimit: Bool {
        filterCount > limits.filters || scopes.count - filterCount > limits.scopes
    }

    /// Goes on with a viewer of another hub, or anew with one of this.
    private func takeOver(_ viewer: Viewer, from source: BroadcastHub, now: Int64) -> ViewerID {
        source.breakOff(viewer)
        let credit = isFaulty(.creditLeftBehind) ? 0 : viewer.carryCredit
        let id = freeID()
        let moved = Viewer(
            id: id, shape: viewer.shape, position: ring.headN, baseOrdinal: ring.headOrdinal &- credit,
            isEssential: viewer.isEssential, showsLess: viewer.showsLess, now: viewer.attachedAt)
        moved.bytes = viewer.bytes
        moved.lastProgress = viewer.lastProgress
        moved.owesOpening = viewer.owesOpening
        moved.owesHeartbeat = viewer.owesHeartbeat
        if !isFaulty(.restLeftBehind) { ledger.takeOver(moved, from: viewer) }
        moved.carryCredit = credit
        source.filledFor = nil
        source.remove(viewer, .refiltered, handingOn: credit)
        add(moved, now: now)
        switch moved.shape {
        case .samples:
            if !isFaulty(.pictureNotRetold) { beginCatchUp(moved, isReset: true) }
        case .frames(let rate):
            moved.history = historyToTell(resumes: false, now: now)
            ticker.takeOver(moved, from: viewer, endsKeyframe: !isFaulty(.brokenKeyframeNotEnded))
            ticker.attach(moved, at: rate, source: self, now: now)
        }
        return id
    }

    /// Ends a viewer's reading behind the message at hand, whose rest it carries from then on.
    private func breakOff(_ viewer: Viewer) {
        endCatchUp(viewer)
        switch viewer.shape {
        case .samples:
            guard viewer.partial > 0 else { return }
            carryRest(of: viewer, in: ring.segments[ring.segmentIndex(of: viewer.position + 1)])
        case .frames:
            ticker.breakOff(viewer)
        }
    }
}
