import ByteCore

/// A copy of the end of a message whose source is gone, in the budget until nobody carries it any more.
final class CarriedText {
    let bytes: UnsafeRawBufferPointer
    let budget: ByteBudget

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
    private(set) var text: CarriedText?
    @usableFromInline private(set) var left = 0

    /// Nothing.
    init() {}

    /// The last `count` bytes of a text.
    init(_ text: CarriedText, last count: Int) {
        self.text = text
        left = count
    }

    /// Bytes that are still to be sent.
    @inlinable public var count: Int { left }

    /// The bytes that are left; valid while they are.
    public var readable: UnsafeRawBufferPointer {
        guard let text else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: text.bytes.suffix(left))
    }

    /// Whether nobody else carries the text.
    mutating func isUnshared() -> Bool { isKnownUniquelyReferenced(&text) }

    /// Drops `bytes` from the start.
    mutating func consume(_ bytes: Int) {
        left -= bytes
        if left == 0 { text = nil }
    }
}
