/// Mistakes that the tests put into the hub on purpose: the simulation must catch each.
///
/// They exist in debug builds alone; in a release build `isFaulty` is the constant false.
enum HubFault: CaseIterable {
    case none
    case leaveForgotten
    case catchUpRepeats
    case keyframeMissed
    case resumeOffByOne
    case pinNotMoved
    case returnNotSplit
    case joinForgotten
}

extension BroadcastHub {
    #if DEBUG
        @inline(__always)
        func isFaulty(_ candidate: HubFault) -> Bool { fault == candidate }

        /// `keyframeMissed`: viewers who missed a tick are taken for up to date.
        func pretendNobodyMissed(_ group: RateGroup) {
            forEachViewer { viewer in
                if viewer.tick.hadSequence != 0 { viewer.tick.hadSequence = group.sequence - 1 }
            }
        }
    #else
        @inline(__always)
        func isFaulty(_ candidate: HubFault) -> Bool { false }
    #endif
}
