import ByteCore
import HTTPWire

/// One peer's conversation in HTTP/1.1, whatever carries it: bytes of requests come in, answers go out, one
/// at a time and in order (RFC 9112, section 9.3.2).
///
/// ```
///  receive ──▶ next ──request──▶ put ──▶ outgoing
///                └──── incomplete: settle, and receive more
/// ```
@safe struct Exchange: ~Copyable {
    /// What stands in front of the bytes received.
    @safe enum Step {
        /// No whole request.
        case incomplete
        /// None that could be answered otherwise.
        case refused(HTTPRefusal)
        /// The bytes of one, valid until `consume`.
        case request(UnsafeRawBufferPointer)
    }

    private var parser = HTTPRequestParser()
    /// What was kept of bytes received: requests that are not whole, or not answered yet.
    private var input = ByteBuffer(capacity: 16)
    /// Bytes just received, not kept yet: most requests are answered from here.
    private var fresh = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private let budget: ByteBudget
    /// Storage of the input that the budget knows of. The rest of a connection is small, and there are only
    /// so many.
    private var counted = 0

    /// Answers, or the head of a stream, on their way.
    var outgoing = Outgoing()
    /// The connection ends when all output is taken.
    var closesAfterOutput = false
    /// The answer that is being waited for, and whether its body is wanted.
    var awaited: (answer: SharedAnswer, withBody: Bool)?
    /// Its answer comes with what happens next.
    var awaitsPoll = false
    /// The hash that its answer needs.
    var awaitedHash: UInt64?
    /// It has had an answer: what follows is an idle connection, not one that never asked.
    var hasBeenAnswered = false
    /// The peer has ended its side.
    var hasEnded = false

    init(_ budget: ByteBudget) { self.budget = budget }

    deinit { budget.giveBack(counted) }

    /// Whether its answer is being made, and nothing is read meanwhile.
    var isWaiting: Bool { awaited != nil || awaitedHash != nil || awaitsPoll }

    /// Whether it holds memory that others could use.
    var isHolding: Bool { counted > 0 || outgoing.isHoldingShared }

    /// Whether nothing of a request is there.
    var isBetweenRequests: Bool { unsafe input.isEmpty && fresh.isEmpty }

    /// What was received and not looked at yet.
    var unread: UnsafeRawBufferPointer { unsafe input.isEmpty ? fresh : input.readable }

    /// Takes bytes, which must stay where they are until `settle`.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        if input.isEmpty { unsafe fresh = bytes } else { unsafe input.append(bytes) }
    }

    /// Looks for the next request; fills `head` where there is one.
    mutating func next(into head: inout HTTPRequestHead) -> Step {
        let bytes = unsafe unread
        guard unsafe !bytes.isEmpty else { return .incomplete }
        switch unsafe parser.parse(bytes, into: &head) {
        case .incomplete: return .incomplete
        case .refused(let refusal): return .refused(refusal)
        case .complete(let consumed):
            return unsafe .request(UnsafeRawBufferPointer(rebasing: bytes[..<consumed]))
        }
    }

    /// Drops a request that has been looked at.
    mutating func consume(_ request: UnsafeRawBufferPointer) {
        if input.isEmpty {
            unsafe fresh = UnsafeRawBufferPointer(rebasing: fresh[request.count...])
        } else {
            input.consume(request.count)
        }
    }

    /// The `count` bytes behind a request's head, or nil while they are not all there.
    func body(of request: UnsafeRawBufferPointer, count: Int) -> UnsafeRawBufferPointer? {
        let bytes = unsafe input.isEmpty ? fresh : input.readable
        guard bytes.count - request.count >= count else { return nil }
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[request.count..<(request.count + count)])
    }

    /// Drops everything that was received.
    mutating func dropInput() {
        unsafe fresh = UnsafeRawBufferPointer(start: nil, count: 0)
        input.removeAll()
    }

    /// Memory that `settle` will take of the budget.
    var neededBytes: Int {
        let needed = unsafe max(input.isEmpty ? 0 : input.capacity, fresh.count)
        return needed > Limits.keptBytes ? max(0, needed - counted) : 0
    }

    /// Keeps what is left of the bytes received, and gives back what is not needed; false, with nothing kept,
    /// where the budget has no room for it.
    mutating func settle() -> Bool {
        if unsafe !fresh.isEmpty {
            if unsafe input.capacity < fresh.count { input = unsafe ByteBuffer(capacity: fresh.count) }
            unsafe input.append(fresh)
            unsafe fresh = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        if input.isEmpty { input.removeAll(shrinkingTo: Limits.keptBytes) }
        let isKept = account()
        if !isKept {
            input.removeAll(shrinkingTo: Limits.keptBytes)
            _ = account()
        }
        return isKept
    }

    /// Has the budget know of the input's storage.
    private mutating func account() -> Bool {
        let needed = input.capacity > Limits.keptBytes ? input.capacity : 0
        if needed > counted {
            guard budget.take(needed - counted) else { return false }
        } else {
            budget.giveBack(counted - needed)
        }
        counted = needed
        return true
    }

    /// Puts an answer into the output; to HEAD, `withBody: false`, only its head.
    mutating func put(_ reply: Reply, withBody: Bool, _ common: inout PortFields) {
        HTTPResponseHead(
            reply.status, contentType: reply.contentType, contentLength: reply.contentLength,
            connection: closesAfterOutput ? .close : .keepAlive
        ).appendOpen(to: &outgoing.text)
        reply.appendFields(to: &outgoing.text, &common)
        guard withBody else { return }
        switch reply.body {
        case .none, .length: break
        case .shared(let body): outgoing.setBody(body)
        case .fixed(let bytes): unsafe outgoing.setBody(fixed: bytes)
        case .line(let text):
            outgoing.text.append(text)
            outgoing.text.append(UInt8(ascii: "\n"))
        }
    }
}
