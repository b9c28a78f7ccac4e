import ByteCore
import Glibc

/// The body of an answer that was made once for many, in the budget as long as somebody holds it.
final class SharedBody {
    private let text: ByteBuffer
    private let budget: ByteBudget

    /// Takes a text over; nil where the budget has no room for it.
    init?(_ text: consuming ByteBuffer, _ budget: ByteBudget) {
        guard budget.take(text.capacity) else { return nil }
        self.text = text
        self.budget = budget
    }

    deinit { budget.giveBack(text.capacity) }

    var bytes: UnsafeRawBufferPointer { unsafe text.readable }
}

/// Bytes of ours on their way to one peer: a text of its own, and a body behind it that many may share.
@safe struct Outgoing: ~Copyable {
    var text = ByteBuffer(capacity: 16)
    /// The rest of the body.
    private var body = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// Keeps the body where it is; nil where it outlives every connection.
    private var owner: SharedBody?

    init() {}

    var isEmpty: Bool { unsafe text.isEmpty && body.isEmpty }

    /// Whether it keeps a body in memory that is made for those who ask.
    var isHoldingShared: Bool { owner != nil }

    /// Puts a body behind the text that outlives every connection.
    mutating func setBody(fixed bytes: UnsafeRawBufferPointer) { unsafe body = bytes }

    /// Puts a body behind the text that others have as well.
    mutating func setBody(_ shared: SharedBody) {
        unsafe body = shared.bytes
        owner = shared
    }

    /// All of them.
    var bytes: [UInt8] { unsafe Array(text.readable) + Array(body) }

    /// Describes the first `limit` bytes; returns how many runs that took, two at most, and bytes.
    func fill(_ runs: UnsafeMutableBufferPointer<iovec>, limit: Int) -> (runs: Int, bytes: Int) {
        var used = 0
        var left = limit
        let parts = unsafe [text.readable, body]
        for index in unsafe parts.indices where unsafe !parts[index].isEmpty && left > 0 {
            let part = unsafe parts[index]
            let count = min(left, part.count)
            unsafe runs[used] = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: count)
            used += 1
            left -= count
        }
        return (used, limit - left)
    }

    /// Drops `count` bytes that were taken; returns how many of them were none of these.
    mutating func took(_ count: Int) -> Int {
        let own = min(count, text.count)
        text.consume(own)
        if text.isEmpty { text.removeAll(shrinkingTo: Limits.keptBytes) }
        let shared = unsafe min(count - own, body.count)
        unsafe body = UnsafeRawBufferPointer(rebasing: body[shared...])
        if unsafe body.isEmpty { owner = nil }
        return count - own - shared
    }
}
