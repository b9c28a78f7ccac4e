public import HTTPWire
public import PosixIO

/// What a load run is to do, every value checked.
public struct LoadPlan: Equatable, Sendable {
    /// How fast samples are offered.
    public enum Rate: Equatable, Sendable {
        /// So many thousandths of a sample a second, of each visitor.
        case perVisitor(milliHertz: Int)
        /// At the times at which the hand, or the recording, moves.
        case natural
        /// As the server asks, which `pointerscope.v1` has words for.
        case asked
        /// As fast as the sockets take them.
        case unpaced
    }

    /// Where positions come from.
    public enum Motion: Equatable, Sendable {
        case human, circle, random
        /// A file of one JSON sample a line, with times.
        case recording(path: String)
    }

    /// What samples are written in.
    public enum Format: String, Equatable, Sendable {
        case json
        /// `pointerscope.v1`, as the snippet writes it.
        case v1
    }

    /// What is measured.
    public enum Mode: String, Equatable, Sendable {
        /// What arrives of an offered load, and how late.
        case pace
        /// What the server alone spends on a number of frames that wait for it.
        case drain
    }

    public var target: LoadTarget
    /// Where viewers attach; nil without any.
    public var viewer: LoadTarget?
    /// What viewers show the server; nil for nothing.
    public var token: BearerToken?
    public var visitors = 100
    public var viewers = 0
    /// Processes that generate the load; 0 means as many as the descriptors ask for.
    public var processes = 0
    public var rate = Rate.perVisitor(milliHertz: 10_000)
    /// Samples in one frame.
    public var batch = 1
    /// Frames in one write.
    public var coalesce = 1
    public var motion = Motion.human
    public var format = Format.json
    public var mode = Mode.pace
    public var durationSeconds = 10.0
    /// The time in which visitors come one after the other; 0: all before the first sample.
    public var rampSeconds = 0.0
    /// Visitors who leave in a second; each comes back after `LoadLimits.awayNanoseconds`.
    public var churnPerSecond = 0.0
    /// The first part of the run, left out of the latencies.
    public var warmUpSeconds = 0.0
    /// The longest wait for what is still under way at the end.
    public var settleSeconds = 10.0
    /// Bytes a second that each viewer reads; nil: all that comes.
    public var viewerBytesPerSecond: Int?
    public var seed: UInt64 = 1
    /// Addresses that connections come from; none: spread over 127.0.0.0/8 if the target is there.
    public var sources: [SocketAddress] = []
    /// What the handshakes name as the page's origin.
    public var origin: String?
    /// The server, for its CPU and memory, and to be stopped in drain mode.
    public var serverPid: Int32?
    /// Whether samples of JSON are short: without what tells one from another.
    public var isShort = false
    /// Frames that each connection queues in one round of drain mode.
    public var queueFrames = 16
    /// How many such rounds; nil for as many as a figure takes.
    public var rounds: Int?
    /// How long the server is let be between two of them, so that what it allows a second bounds none.
    public var restSeconds = 0.0
    public var requirements: [Requirement] = []

    /// A plan with nothing but a target.
    public init(target: LoadTarget) { self.target = target }

    /// Whether each visitor has times of its own, instead of a place in the schedule that all share.
    var hasOwnTimes: Bool { rate == .natural || rate == .asked }

    /// Samples that fall due together: all of one write.
    var burst: Int { batch * coalesce }

    /// What the run lasts from the first sample on, in nanoseconds.
    var durationNanoseconds: Int64 { Int64(durationSeconds * 1e9) }

    /// Offered samples a second of all visitors, where that is known before.
    var offeredPerSecond: Double? {
        guard mode == .pace, case .perVisitor(let milliHertz) = rate else { return nil }
        return Double(milliHertz) / 1000 * Double(visitors)
    }

    /// How many processes this takes where each may have so many descriptors.
    public func processCount(descriptors: Int) -> Int {
        if processes > 0 { return min(processes, max(visitors, viewers, 1)) }
        let each = max(min(descriptors, LoadLimits.processDescriptors) - LoadLimits.ownDescriptors, 1)
        return max((visitors + viewers + each - 1) / each, 1)
    }
}

/// One process's part of a run.
public struct LoadShare: Equatable, Sendable {
    /// Which process of how many.
    public let index: Int
    public let count: Int
    /// Its visitors, by their number in the run.
    public let visitors: Range<Int>
    /// Its viewers.
    public let viewers: Range<Int>

    /// The part of process `index` of `count`: neighbours' parts differ by one at most.
    public init(of plan: LoadPlan, index: Int, count: Int) {
        func part(_ whole: Int) -> Range<Int> {
            whole * index / count..<whole * (index + 1) / count
        }
        self.index = index
        self.count = count
        visitors = part(plan.visitors)
        viewers = part(plan.viewers)
    }
}
