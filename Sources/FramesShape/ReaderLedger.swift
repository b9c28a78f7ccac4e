public import ByteCore

/// What all readers together were given, and what they may make the server keep for them.
public final class ReaderLedger {
    /// Memory for the rests of messages that readers are in the middle of.
    public let budget: ByteBudget
    /// The same for readers that are part of this server.
    private let ownBudget = ByteBudget(limit: .max)

    /// Samples delivered to readers, and skipped for them; of readers who went, too.
    @exclusivity(unchecked) public private(set) var delivered: UInt64 = 0
    @exclusivity(unchecked) public private(set) var conflated: UInt64 = 0
    /// Readers that have lost their place in the middle of a message and were not let go yet.
    @exclusivity(unchecked) public private(set) var forfeitedCount = 0

    #if DEBUG
        /// A rest that cannot be kept is forgotten.
        var forgetsForfeits = false
        /// A rest that is taken over stays shared.
        var sharesWhatIsTakenOver = false
    #else
        var sharesWhatIsTakenOver: Bool { false }
    #endif

    /// An empty ledger over `budget`, which whoever else keeps bytes for strangers takes from as well.
    public init(budget: ByteBudget) { self.budget = budget }

    /// Counts samples as delivered.
    public func deliver(_ samples: UInt64, to reader: StreamReader) {
        reader.state.delivered &+= samples
        delivered &+= samples
    }

    /// Counts as skipped what the reader has not had of the source's first `ordinal` samples.
    public func conflate(_ reader: StreamReader, throughOrdinal ordinal: UInt64) {
        let skipped = ordinal &- reader.settledOrdinal
        reader.state.conflated &+= skipped
        conflated &+= skipped
    }

    /// Has a reader carry the rest of a message; where the budget has no room, it has lost its place.
    public func carry(_ rest: UnsafeRawBufferPointer, for reader: StreamReader) {
        if let text = CarriedText(rest, budget(of: reader)) {
            reader.state.carry = Carry(text, last: rest.count)
        } else {
            forfeit(reader)
        }
    }

    /// The same for the rest of a tick's part, which many may be in the middle of.
    func carry(_ rest: UnsafeRawBufferPointer, ofPart part: Int, of tick: TickText, for reader: StreamReader)
    {
        if let text = tick.carried[part], text.bytes.count >= rest.count {
            reader.state.carry = Carry(text, last: rest.count)
        } else if let text = CarriedText(rest, budget(of: reader)) {
            tick.carried[part] = text
            reader.state.carry = Carry(text, last: rest.count)
        } else {
            forfeit(reader)
        }
    }

    /// Has a reader of another source go on with the rest of the message that `other`, which goes, is in the
    /// middle of, or with its having lost its place.
    ///
    /// It shares that text with nobody: readers of two sources are written down apart, so a text of both
    /// would be read back as two, for which the budget may have no room.
    public func takeOver(_ reader: StreamReader, from other: StreamReader) {
        reader.state.carry = other.state.carry
        other.state.carry = Carry()
        if other.isForfeited { return forfeit(reader) }
        guard reader.isCarrying, !reader.state.carry.isUnshared(), !sharesWhatIsTakenOver else { return }
        let shared = reader.state.carry
        reader.state.carry = Carry()
        carry(shared.readable, for: reader)
    }

    /// A reader goes.
    public func dismiss(_ reader: StreamReader) {
        if reader.isForfeited { forfeitedCount -= 1 }
    }

    /// Keeps a text that a snapshot holds; nil where the budget has no room for it.
    func keep(_ bytes: UnsafeRawBufferPointer, isOwn: Bool) -> CarriedText? {
        CarriedText(bytes, isOwn ? ownBudget : budget)
    }

    /// Whether a text is kept for a reader that is part of this server.
    func isOwn(_ text: CarriedText) -> Bool { text.budget === ownBudget }

    /// Goes on with what was counted before.
    func restore(delivered: UInt64, conflated: UInt64) {
        self.delivered = delivered
        self.conflated = conflated
    }

    private func budget(of reader: StreamReader) -> ByteBudget { reader.isEssential ? ownBudget : budget }

    /// A reader has lost its place.
    func forfeit(_ reader: StreamReader) {
        #if DEBUG
            if forgetsForfeits { return }
        #endif
        reader.state.isForfeited = true
        forfeitedCount += 1
    }
}
