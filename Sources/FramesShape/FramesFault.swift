/// Mistakes that the tests put into the frames shape on purpose: the simulation must catch each.
///
/// They exist in debug builds alone; in a release build `isFaulty` is the constant false.
enum FramesFault: CaseIterable {
    case none
    case keyframeMissed
    case keyframeOfAnotherMoment
    case joinForgotten
    case returnNotSplit
    case moreForgotten
    case terminatorForgotten
    case statusRepeated
    case wholeStatusToAll
    case clockNotRetold
    case skippedTooSoon
    // Being moved
    case carryNotMoved
}

extension FrameTicker {
    #if DEBUG
        @inline(__always)
        func isFaulty(_ candidate: FramesFault) -> Bool { fault == candidate }

        /// Has the mistakes that another ticker and its ledger have.
        public func takeFaults(of other: FrameTicker) {
            fault = other.fault
            ledger.forgetsForfeits = other.ledger.forgetsForfeits
            ledger.sharesWhatIsTakenOver = other.ledger.sharesWhatIsTakenOver
        }

        /// `keyframeMissed`: readers who missed a tick are taken for up to date.
        func pretendNobodyMissed(_ group: RateGroup) {
            for other in groups {
                for reader in other.readers where reader.tick.hadSequence != 0 {
                    reader.tick.hadSequence = group.previousSequence
                }
            }
        }
    #else
        @inline(__always)
        func isFaulty(_ candidate: FramesFault) -> Bool { false }
    #endif
}
