import ByteCore

import var CZlib.PS_INFLATE_BETWEEN_BLOCKS
import var CZlib.PS_INFLATE_ENDED
import var CZlib.PS_INFLATE_FAILED
import func CZlib.ps_inflate
import func CZlib.ps_inflater_begin
import func CZlib.ps_inflater_free
import func CZlib.ps_inflater_make

/// Inflates messages, one after the other (RFC 7692 section 7.2.2).
///
/// Nothing of one message is used for the next, as the handshake has agreed, so one inflater does for all
/// connections of a process, and a connection that is between messages has none. It takes no memory before
/// the first message; then 40 KiB, and room for the largest message that came.
@safe public struct MessageInflater: ~Copyable {
    /// What a message came to.
    @safe enum Outcome {
        /// Its bytes; valid until the next one.
        case whole(UnsafeRawBufferPointer)
        /// It would be longer than the limit; one byte more than that was inflated of it.
        case tooLong
        /// It is no deflate data, or ends in the middle of a block.
        case damaged
    }

    private var inflater: OpaquePointer?
    private var output = ByteBuffer(capacity: 16)

    /// Room for so much at least is made for each step.
    private static let stepBytes = 4_096
    /// What the sender has taken off the end of every message, as a little-endian number: the length of an
    /// empty block, twice.
    private static let tail: UInt32 = 0xFFFF_0000

    /// Makes one that has inflated nothing.
    public init() {}

    deinit {
        if let inflater = unsafe inflater { unsafe ps_inflater_free(inflater) }
    }

    /// Bytes allocated for what was inflated last.
    var keptBytes: Int { output.capacity }

    /// Inflates a message of at most `limit` bytes.
    mutating func inflate(_ message: UnsafeRawBufferPointer, limit: Int) -> Outcome {
        output.removeAll()
        if unsafe inflater == nil { unsafe inflater = ps_inflater_make() }
        guard let inflater = unsafe inflater else { return .damaged }
        unsafe ps_inflater_begin(inflater)
        var state = unsafe take(message, inflater, limit: limit)
        if state != PS_INFLATE_FAILED, output.count <= limit {
            state = unsafe withUnsafeBytes(of: Self.tail.littleEndian) { tail in
                unsafe take(tail, inflater, limit: limit)
            }
        }
        guard output.count <= limit else { return .tooLong }
        return unsafe state == PS_INFLATE_BETWEEN_BLOCKS ? .whole(output.readable) : .damaged
    }

    /// Appends what `input` comes to, until it ends, fails, or comes to more than the limit; returns the
    /// state behind it.
    private mutating func take(_ input: UnsafeRawBufferPointer, _ inflater: OpaquePointer, limit: Int) -> Int
    {
        var rest = unsafe input
        while true {
            let before = output.count
            var taken = rest.count
            var made = 0
            var room = 0
            var state = PS_INFLATE_FAILED
            _ = unsafe output.appendInPlace(minimum: Self.stepBytes) { free in
                room = min(free.count, limit + 1 - before)
                made = room
                guard let target = free.baseAddress else { return 0 }
                state = unsafe Int(ps_inflate(inflater, rest.baseAddress, &taken, target, &made))
                return made
            }
            guard state != PS_INFLATE_FAILED, output.count <= limit else { return state }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            // A sender may end a message with a block that calls itself the last, and an empty one behind it
            // (RFC 7692 section 7.2.3.4). What follows cannot refer to what stands before.
            if state == PS_INFLATE_ENDED { unsafe ps_inflater_begin(inflater) }
            // What the inflater has not had room for it still holds.
            guard unsafe !rest.isEmpty || made == room else { return state }
        }
    }
}
