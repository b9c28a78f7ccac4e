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
public struct Carry {
    private var text: CarriedText?
    /// Bytes of the text that are still to be sent.
    public private(set) var count = 0

    /// Nothing.
    init() {}

    /// The last `count` bytes of a text.
    init(_ text: CarriedText, last count: Int) {
        self.text = text
        self.count = count
    }

    public var isEmpty: Bool { count == 0 }

    /// The bytes that are left; valid while they are.
    public var readable: UnsafeRawBufferPointer {
        guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: text.bytes.suffix(count))
    }

    /// Drops `bytes` from the start.
    public mutating func consume(_ bytes: Int) {
        count -= bytes
        if count == 0 { text = nil }
    }
}
