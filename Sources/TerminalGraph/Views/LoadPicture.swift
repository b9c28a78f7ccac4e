/// What the screen of a load run shows; whoever runs it fills it in.
public struct LoadPicture {
    public enum State: Sendable {
        case opening, running, settling
    }

    public var title = ""
    public var state = State.opening
    public var elapsedSeconds = 0.0
    public var durationSeconds = 0.0
    public var visitors = 0
    public var open = 0
    public var connecting = 0
    public var viewers = 0
    public var offeredPerSecond = 0.0
    public var sentPerSecond = 0.0
    public var receivedPerSecond = 0.0
    public var offered: Int64 = 0
    public var sent: Int64 = 0
    public var received: UInt64 = 0
    public var errors: UInt64 = 0
    /// Errors as text with their numbers, the commonest first.
    public var faults: [(text: String, count: UInt64)] = []
    /// CPU time by wall time: of the generator's busiest process, and of the server where it is known.
    public var generatorShare = 0.0
    public var serverShare: Double?
    public var serverBytes: UInt64?
    /// Whether times end with a viewer, or with the write.
    public var isTimingViewers = false
    /// Nanoseconds: of the whole run, and of the newest second.
    public var percentiles: [(name: String, all: Int64, newest: Int64?)] = []
    /// A second, or a few, each; oldest first.
    public var sentHistory: [Double] = []
    /// How many samples were how late in each; steps as in `heatEdges`, their upper ends in nanoseconds.
    public var heat: [[UInt32]] = []
    public var heatEdges: [Int64] = []
    public var secondsPerPoint = 1

    /// Conditions, what their figures are, and whether they are met; nil while only the end can tell.
    public var verdicts: [(text: String, value: String, isMet: Bool?)] = []
    /// What drain mode came to so far, in place of rates and times.
    public var drain: Drain?

    public struct Drain {
        public var rounds: Int
        /// How long the server was at work in them, and how long it has to be.
        public var seconds: Double
        public var secondsAtLeast: Double
        public var framesPerSecond: Double
        /// Frames a second of each of the last rounds, oldest first.
        public var newest: [Double]

        public init(
            rounds: Int, seconds: Double, secondsAtLeast: Double, framesPerSecond: Double, newest: [Double]
        ) {
            self.rounds = rounds
            self.seconds = seconds
            self.secondsAtLeast = secondsAtLeast
            self.framesPerSecond = framesPerSecond
            self.newest = newest
        }
    }

    public init() {}
}
