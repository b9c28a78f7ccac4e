public import ByteCore

/// Writes messages of `pointerscope.v1`, for whoever plays a page: each record as short as it can be said.
///
/// A connection begins with `appendHello`; every further message with `beginMessage`, behind which its
/// records are appended. Positions are client positions, CSS pixels of the viewport; what is out of bounds is
/// taken to the bound. Times are epoch milliseconds; one before the last counts as the last.
public struct WireV1Encoder: Sendable {
    /// The same as at the other end; for tests that send what nobody else here does.
    package var place = WireV1Place()
    private var messagesSinceSync = 0
    private var needsSync = false

    /// Makes the encoder of a new connection.
    public init() {}

    /// The number of the last message that was begun; the hello's is 0.
    public var number: UInt64 { place.number }

    /// When the last record was, epoch milliseconds.
    public var time: Int64 { place.clock }

    /// Appends the first message: a hello, behind which records may follow.
    public mutating func appendHello(_ hello: WireV1Hello, to buffer: inout ByteBuffer) {
        buffer.appendFirstMessage(hello)
        place = WireV1Place()
        place.clock = hello.clock
        (place.x, place.y) = (hello.x, hello.y)
        (place.scrollX, place.scrollY) = (hello.scrollX, hello.scrollY)
        messagesSinceSync = 0
        needsSync = false
    }

    /// Takes the server's `resync`: the next message begins with a sync.
    public mutating func receivedResync() { needsSync = true }

    /// Begins a message, with a sync where one is asked for or due.
    public mutating func beginMessage(at time: Int64, to buffer: inout ByteBuffer) {
        place.number += 1
        buffer.append(UInt8(truncatingIfNeeded: place.number))
        messagesSinceSync += 1
        guard needsSync || messagesSinceSync >= WireV1Limits.messagesPerSync else { return }
        needsSync = false
        messagesSinceSync = 0
        place.beat = WireV1Compact.firstBeat
        place.clock = max(place.clock, min(time, Int64(WireV1Limits.clock)))
        buffer.append(WireV1Record.sync.rawValue)
        buffer.appendUnsigned(place.number)
        buffer.appendUnsigned(UInt64(place.clock))
        for value in [place.x, place.y, place.scrollX, place.scrollY] { buffer.appendSigned(value) }
    }

    /// A move, in two bytes wherever that is enough.
    public mutating func appendMove(x: Int32, y: Int32, at time: Int64, to buffer: inout ByteBuffer) {
        let step = self.step(to: time)
        let (dx, dy) = steps(toX: x, y: y)
        let pace = Int(step - place.beat)
        if WireV1Compact.steps.contains(pace), WireV1Compact.x.contains(Int(dx)),
            WireV1Compact.y.contains(Int(dy))
        {
            let bits = 0x8000 | UInt16(pace + 1) << 13 | UInt16(dx & 0x7F) << 6 | UInt16(dy & 0x3F)
            buffer.append(UInt8(bits >> 8))
            buffer.append(UInt8(truncatingIfNeeded: bits))
        } else {
            append(.move, step, to: &buffer)
            buffer.appendSigned(dx)
            buffer.appendSigned(dy)
        }
        pass(step)
        place.keepBeat(step)
        place.x += dx
        place.y += dy
    }

    /// A press, a release, a stroke that is over without one, or the pointer's coming and leaving: any of
    /// `down`, `up`, `cancel`, `enter` and `leave`; `buttons` are of the first two.
    public mutating func append(
        _ kind: PointerKind, x: Int32, y: Int32, buttons: UInt16 = 0, at time: Int64,
        to buffer: inout ByteBuffer
    ) {
        let record: WireV1Record
        switch kind {
        case .down: record = .down
        case .up: record = .up
        case .cancel: record = .cancel
        case .enter: record = .enter
        case .leave: record = .leave
        // What brings no place of its own is a move here.
        case .move, .scroll: return appendMove(x: x, y: y, at: time, to: &buffer)
        case .click:
            return unsafe appendClick(element: .init(start: nil, count: 0), x: x, y: y, at: time, to: &buffer)
        }
        appendPlace(record, x: x, y: y, at: time, to: &buffer)
        if record == .down || record == .up { buffer.appendUnsigned(UInt64(buttons)) }
    }

    /// A click on `element`, at most 64 bytes; empty where it is not told.
    public mutating func appendClick(
        element: UnsafeRawBufferPointer, x: Int32, y: Int32, at time: Int64, to buffer: inout ByteBuffer
    ) {
        appendPlace(.click, x: x, y: y, at: time, to: &buffer)
        unsafe buffer.appendText(element)
    }

    /// A name given by the owner of the page: 1 to 64 bytes without control characters.
    public mutating func appendName(_ name: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        buffer.append(WireV1Record.name.rawValue)
        unsafe buffer.appendText(name)
    }

    private mutating func appendPlace(
        _ record: WireV1Record, x: Int32, y: Int32, at time: Int64, to buffer: inout ByteBuffer
    ) {
        let step = self.step(to: time)
        append(record, step, to: &buffer)
        pass(step)
        let (dx, dy) = steps(toX: x, y: y)
        buffer.appendSigned(dx)
        buffer.appendSigned(dy)
        place.x += dx
        place.y += dy
    }

    package func append(_ record: WireV1Record, _ step: Int32, to buffer: inout ByteBuffer) {
        buffer.append(record.rawValue)
        buffer.appendUnsigned(UInt64(step))
    }

    /// Units of 2 ms from the last record to `time`, to the nearest.
    package func step(to time: Int64) -> Int32 {
        Int32(min(max(time - place.clock + 1, 0) / 2, Int64(WireV1Limits.step)))
    }

    package mutating func pass(_ step: Int32) { place.clock += Int64(step) * 2 }

    private func steps(toX x: Int32, y: Int32) -> (Int32, Int32) {
        (Self.bounded(x) - place.x, Self.bounded(y) - place.y)
    }

    package static func bounded(_ value: Int32) -> Int32 {
        let bound = Int32(WireV1Limits.position)
        return min(max(value, -bound), bound)
    }
}
