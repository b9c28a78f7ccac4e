import ByteCore
import PointerEvents
import PosixIO
import WebSocketWire

/// One synthetic visitor: a hand, a name, and the connection it has while its page is open.
struct DemoVisitor: ~Copyable {
    private var motion: HumanMotion
    /// What its samples begin with, made once.
    private var idPrefix = ByteBuffer(capacity: 64)
    private var link: VisitorLink?
    /// Tells the links of this visitor apart, for the poller's tokens.
    private(set) var generation: UInt32 = 0
    /// When the link is given up, or the next one begun; never while it is open.
    private var linkDeadline = DeadlineQueue.never
    private var backoff = LoadLimits.backoffNanoseconds.first
    /// The page the server was told since the link opened; it keeps what it was told.
    private var toldPage = -1
    /// Where the pointer rests.
    private var lastSample: MotionSample?

    init(name: String, motion: HumanMotion) {
        self.motion = motion
        var name = name
        name.withUTF8 { unsafe idPrefix.appendIDPrefix(id: UnsafeRawBufferPointer($0)) }
    }

    /// When this visitor has something to do without being woken by its socket.
    var nextDueNanoseconds: Int64 { min(motion.nextDueNanoseconds, linkDeadline) }

    /// Whether its connection is open.
    var isConnected: Bool {
        switch link {
        case .some(let link): link.isOpen
        case .none: false
        }
    }

    /// Lets time pass: moves the hand, connects, closes, gives up.
    mutating func wake(now: Int64, _ crowd: inout DemoSurroundings) {
        if now >= linkDeadline { linkTimedOut(now, &crowd) }
        while true {
            switch motion.step(now: now) {
            case .nothing: return
            case .opened: connect(now, &crowd)
            case .closed: leave(now, &crowd)
            case .sample(let sample):
                lastSample = sample
                send(sample, now, &crowd)
            }
        }
    }

    /// Takes what the poller found on its socket.
    mutating func ready(_ event: ReadyEvent, now: Int64, _ crowd: inout DemoSurroundings) {
        let progress = link?.ready(event, scratch: &crowd.scratch, masks: &crowd.masks) ?? .waiting
        switch progress {
        case .waiting: watch(now, &crowd)
        case .opened:
            linkDeadline = DeadlineQueue.never
            // The page does the same: the server learns at once where the pointer rests.
            if var sample = lastSample {
                sample.kind = .move
                send(sample, now, &crowd)
            }
            watch(now, &crowd)
        case .ended: linkEnded(now, &crowd)
        }
    }

    /// Says goodbye, as far as the socket takes it at once.
    mutating func dismiss(_ crowd: inout DemoSurroundings) {
        guard isConnected else { return }
        _ = link?.close(maskKey: crowd.masks.next())
    }

    private mutating func connect(_ now: Int64, _ crowd: inout DemoSurroundings) {
        generation = (generation &+ 1) & 0xFF_FFFF
        do throws(SystemError) {
            link = try VisitorLink(to: crowd.address, nonce: crowd.masks.nonce(), origin: crowd.origin)
            linkDeadline = now &+ LoadLimits.openingNanoseconds
            watch(now, &crowd)
        } catch {
            linkEnded(now, &crowd)
        }
    }

    private mutating func leave(_ now: Int64, _ crowd: inout DemoSurroundings) {
        lastSample = nil
        guard isConnected else { return drop() }
        linkDeadline = now &+ LoadLimits.closingNanoseconds
        if link?.close(maskKey: crowd.masks.next()) != nil { drop() } else { watch(now, &crowd) }
    }

    private mutating func linkTimedOut(_ now: Int64, _ crowd: inout DemoSurroundings) {
        if link == nil, motion.isPresent { connect(now, &crowd) } else { linkEnded(now, &crowd) }
    }

    /// The connection is gone; a visitor who is still on the page comes back after a while.
    private mutating func linkEnded(_ now: Int64, _ crowd: inout DemoSurroundings) {
        if toldPage >= 0 { backoff = LoadLimits.backoffNanoseconds.first }
        drop()
        guard motion.isPresent else { return }
        linkDeadline = now &+ Int64(Double(backoff) * crowd.random.uniform(0.5...1.5))
        backoff = min(backoff * 2, LoadLimits.backoffNanoseconds.longest)
    }

    private mutating func drop() {
        link = nil
        linkDeadline = DeadlineQueue.never
        toldPage = -1
    }

    private mutating func watch(_ now: Int64, _ crowd: inout DemoSurroundings) {
        let index = crowd.current
        let token = Token(kind: DemoSurroundings.visitorKind, index: index, generation: generation)
        do throws(SystemError) {
            try link?.watch(with: crowd.poller, token: token)
        } catch {
            linkEnded(now, &crowd)
        }
    }

    private mutating func send(_ sample: MotionSample, _ now: Int64, _ crowd: inout DemoSurroundings) {
        guard isConnected, let waiting = link?.backlogBytes, waiting < LoadLimits.linkQueueBytes else {
            return
        }
        var record = PointerSample(x: Double(sample.x), y: Double(sample.y), kind: sample.kind)
        record.fields = sample.kind == .move ? [] : .kind
        if sample.kind == .down || sample.kind == .up {
            record.fields.insert(.buttons)
            record.buttons = sample.buttons
        }
        if toldPage != sample.page {
            toldPage = sample.page
            record.fields.formUnion([.width, .height, .page])
            record.width = motion.viewport.width
            record.height = motion.viewport.height
        }
        crowd.text.removeAll()
        unsafe crowd.pages.withPage(sample.page) { page in
            unsafe crowd.text.appendSampleJSON(record, idPrefix: idPrefix.readable, page: page)
        }
        unsafe link?.append(text: crowd.text.readable, maskKey: crowd.masks.next())
        if link?.flush() != nil { linkEnded(now, &crowd) } else { watch(now, &crowd) }
    }
}
