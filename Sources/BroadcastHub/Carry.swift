import ByteCore

/// A copy of the end of a message whose source is gone, in the budget until nobody carries it any more.
final class CarriedText {
    let bytes: UnsafeRawBufferPointer
    private let budget: ByteBudget

    /// Copies `source`; nil where the budget has no room for it.
    init?(_ source: UnsafeRawBufferPointer, _ budget: ByteBudget) {
        guard budget.take(source.count) else { return nil }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 1)
        copy.copyMemory(from: source)
        bytes = UnsafeRawBufferPointer(copy)
        self.budget = budget
    }

    deinit {
        bytes.deallocate()
        budget.giveBack(bytes.count)
    }
}

/// The unsent rest of one message; those who were left behind in the same message share its text.
struct Carry {
    private var text: CarriedText?
    /// Bytes of the text that are still to be sent.
    private(set) var count = 0

    /// Nothing.
    init() {}

    /// The last `count` bytes of a text.
    init(_ text: CarriedText, last count: Int) {
        self.text = text
        self.count = count
    }

    var isEmpty: Bool { count == 0 }

    var readable: UnsafeRawBufferPointer {
        guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: text.bytes.suffix(count))
    }

    /// Drops `bytes` from the start.
    mutating func consume(_ bytes: Int) {
        count -= bytes
        if count == 0 { text = nil }
    }
}

/// Keeping the rests of messages, as far as there is memory for them.
extension BroadcastHub {
    /// Has a viewer carry the rest of a message; where the budget has no room, it has lost its place.
    func carry(_ rest: UnsafeRawBufferPointer, for viewer: Viewer) {
        if let text = CarriedText(rest, budget(of: viewer)) {
            viewer.carry = Carry(text, last: rest.count)
        } else {
            forfeit(viewer)
        }
    }

    /// The same for the rest of a tick's part, which many may be in the middle of.
    func carry(_ rest: UnsafeRawBufferPointer, ofPart part: Int, of tick: TickText, for viewer: Viewer) {
        if let text = tick.carried[part], text.bytes.count >= rest.count {
            viewer.carry = Carry(text, last: rest.count)
        } else if let text = CarriedText(rest, budget(of: viewer)) {
            tick.carried[part] = text
            viewer.carry = Carry(text, last: rest.count)
        } else {
            forfeit(viewer)
        }
    }

    /// Whether there are viewers that have lost their place in the middle of a message: nothing is to be done
    /// with them but to close them.
    public var hasForfeited: Bool { forfeitedCount > 0 }

    /// Whether a viewer has lost its place.
    public func isForfeited(_ id: ViewerID) -> Bool { find(id)?.isForfeited ?? false }

    private func budget(of viewer: Viewer) -> ByteBudget { viewer.isEssential ? ownBudget : budget }

    private func forfeit(_ viewer: Viewer) {
        guard !isFaulty(.forfeitIgnored) else { return }
        viewer.isForfeited = true
        forfeitedCount += 1
    }
}
