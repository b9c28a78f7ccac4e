import ByteCore
import Glibc
import HTTPWire
import PointerEvents
import PosixIO
import Tables
import WebSocketWire

/// All visitors of one process: they connect, send what is due, come and go.
///
/// One loop drives it with plain calls; nothing is allocated for a sample that its socket takes.
@safe struct VisitorCrowd: ~Copyable {
    /// The tag of visitors in the poller's tokens.
    static let kind: UInt8 = 1

    let plan: LoadPlan
    let share: LoadShare
    var visitors: UnsafeMutableBufferPointer<LoadVisitor>
    let motion: MotionSource
    let schedule: OfferedSchedule
    let churn: ChurnSchedule
    var frames: SampleFrames
    var wire: WireFrames
    /// What each connection has said in `pointerscope.v1`; none where the plan's format is another.
    let encoders: UnsafeMutablePointer<WireV1Encoder>
    /// What each connection is asked for; none where the plan's rate is another.
    let paces: UnsafeMutablePointer<AskedPace>
    var scratch = LinkScratch(byteCount: LoadLimits.linkReadBytes)
    var request = ByteBuffer(capacity: 512)
    /// When the run begins, in monotonic nanoseconds; 0 before that is known.
    var begin: Int64 = 0
    /// Natural times: when each visitor's next point is due.
    var deadlines: DeadlineQueue
    /// The next slot of the schedule, and the next leave.
    var slot = 0
    var leave = 0
    /// Visitors who left and come back, in the order in which they do.
    var returns: [(visitor: Int, due: Int64)] = []
    var returnsDone = 0
    /// Visitors whom the server asked to come back on a new connection, when they do, and the first time.
    var moves: [(visitor: Int, due: Int64)] = []
    var nextMove = Int64.max
    /// Connections that visitors who are asked to move away make before they let go of the one they have.
    var nextConnections: NextConnections
    /// The next visitor who has not tried to connect yet.
    var nextToConnect = 0
    var tally = CrowdTally()
    var faults = FaultTable()
    /// How late samples were written: this side's slowness and what full sockets held up.
    var lag = LatencyHistogram()
    var handshakes = LatencyHistogram()
    /// In a flood: whose turn it is, and when the write before was done.
    var nextToFlood = 0
    var lastWritten: Int64 = 0

    /// Makes the crowd; nobody connects yet. `run` is three letters.
    init(_ plan: LoadPlan, _ share: LoadShare, run: String) throws(Recording.Failure) {
        self.plan = plan
        self.share = share
        let count = share.visitors.count
        nextConnections = NextConnections(
            behind: count, count: plan.format == .v1 ? min(count, LoadLimits.movesAtOnce) : 0)
        let places = count + nextConnections.count
        unsafe visitors = .allocate(capacity: max(places, 1))
        for index in 0..<places { unsafe (visitors.baseAddress! + index).initialize(to: LoadVisitor()) }
        motion = try MotionSource(plan)
        var milliHertz = 1000
        if case .perVisitor(let given) = plan.rate { milliHertz = given }
        schedule = OfferedSchedule(
            visitorCount: max(count, 1), milliHertz: milliHertz, burst: plan.burst,
            share: (share.index, share.count))
        churn = ChurnSchedule(
            visitorCount: count,
            perSecond: plan.churnPerSecond * Double(count) / Double(max(plan.visitors, 1)),
            begin: Int64(plan.rampSeconds * 1e9), seed: plan.seed &+ UInt64(share.index),
            share: (share.index, share.count))
        frames = SampleFrames(
            run: run, batch: plan.batch, frames: plan.coalesce, isShort: plan.isShort)
        wire = WireFrames(run: run, rate: plan.rate)
        let encoderCount = plan.format == .v1 ? max(places, 1) : 0
        unsafe encoders = .allocate(capacity: encoderCount)
        unsafe encoders.initialize(repeating: WireV1Encoder(), count: encoderCount)
        let paceCount = plan.rate == .asked ? max(places, 1) : 0
        unsafe paces = .allocate(capacity: paceCount)
        unsafe paces.initialize(repeating: AskedPace(), count: paceCount)
        deadlines = DeadlineQueue(count: plan.hasOwnTimes ? max(count, 1) : 1)
    }

    deinit {
        unsafe visitors.baseAddress?.deinitialize(count: placeCount)
        unsafe visitors.deallocate()
        unsafe encoders.deallocate()
        unsafe paces.deallocate()
    }

    /// How many there are.
    var count: Int { share.visitors.count }

    /// Those and their next connections, which are kept as visitors of the places behind.
    var placeCount: Int { count + nextConnections.count }

    /// One of them; the address holds as long as the crowd.
    @inline(__always)
    func at(_ index: Int) -> UnsafeMutablePointer<LoadVisitor> { unsafe visitors.baseAddress! + index }

    /// When the visitor at `index` arrives, in nanoseconds of the run; visitors of all processes by turns.
    func arrival(of index: Int) -> Int64 {
        guard plan.rampSeconds > 0 else { return 0 }
        let place = Double(index) / Double(max(count, 1)) + Double(share.index) / Double(plan.visitors)
        return Int64(plan.rampSeconds * 1e9 * min(place, 1))
    }

    func token(_ index: Int) -> Token {
        unsafe Token(kind: Self.kind, index: UInt32(index), generation: at(index).pointee.attempt)
    }

    /// The key of a connection, and the 16 bytes of its handshake.
    func secrets(_ index: Int) -> (maskKey: UInt32, nonce: (UInt64, UInt64)) {
        let visitor = UInt64(share.visitors.lowerBound + index)
        var random = unsafe SeededRandom(
            seed: plan.seed ^ visitor << 24 ^ UInt64(at(index).pointee.attempt) &* 0x2545_F491_4F6C_DD1D)
        let key = UInt32(truncatingIfNeeded: random.bits())
        return (key, (random.bits(), random.bits()))
    }

    // MARK: - The end of a connection

    /// Counts a fault, and the visitor is gone for good.
    mutating func fail(_ index: Int, _ fault: Fault) {
        let visitor = unsafe at(index)
        switch unsafe visitor.pointee.state {
        case .connecting, .upgrading, .greeting: tally.connecting -= 1
        case .open: tally.open -= 1
        case .absent, .ended: break
        }
        if unsafe visitor.pointee.isBlocked { tally.blocked -= 1 }
        // Nobody will answer its ping any more.
        if unsafe visitor.pointee.awaitsPong { tally.queued -= 1 }
        faults.add(fault)
        unsafe visitor.pointee.drop()
        guard index < count else {
            // The visitor keeps the connection that it has.
            unsafe visitor.pointee.state = .absent
            return nextConnections.release(index)
        }
        tally.ended += 1
        unsafe visitor.pointee.state = .ended
        if plan.hasOwnTimes { deadlines.set(index, to: DeadlineQueue.never) }
    }

    /// Closes every open connection, as far as the sockets take it.
    mutating func dismiss() {
        for index in 0..<placeCount where unsafe at(index).pointee.state == .open {
            close(index)
        }
    }

    func close(_ index: Int) {
        let visitor = unsafe at(index)
        var frame = ByteBuffer(capacity: 16)
        _ = unsafe visitor.pointee.connection.close(
            .goingAway, into: &frame, maskKey: visitor.pointee.maskKey)
        _ = unsafe visitor.pointee.write(frame.readable)
        unsafe visitor.pointee.drop()
    }
}

/// What a crowd has done so far.
struct CrowdTally: BitwiseCopyable {
    var connecting: Int64 = 0
    var open: Int64 = 0
    /// Handshakes that succeeded.
    var opened: Int64 = 0
    /// Connections that failed; those who left of their own are none.
    var ended: Int64 = 0
    var left: Int64 = 0
    /// Visitors whose socket takes nothing now.
    var blocked: Int64 = 0
    /// Samples that fell due for visitors who are here, by the plan.
    var offered: Int64 = 0
    /// Of these, those that the generator did not come to: it fell behind its own schedule.
    var omitted: Int64 = 0
    /// Samples given to the sockets.
    var sent: Int64 = 0
    var writes: Int64 = 0
    var bytesOut: Int64 = 0
    var bytesIn: Int64 = 0
    /// Drain mode: visitors whose frames wait with the server, and those whose ping was answered since.
    var queued: Int64 = 0
    var through: Int64 = 0
}
