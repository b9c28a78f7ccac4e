import ControlWire
import PosixIO

/// One client of the control socket.
struct ControlClient: ~Copyable {
    /// What it is being told.
    enum Task: Equatable {
        case nothing
        /// Lines of a ring from `next` on: up to `end`, or for ever.
        case reading(ControlSource, next: UInt64, end: UInt64?)
        /// Something that takes time, by its number.
        case awaiting(UInt64)
    }

    let stream: ByteStream
    var session = ControlSession()
    var outbound = WriteQueue()
    var task = Task.nothing
    /// Closed once all is written.
    var isEnding = false
    /// Nothing more will come from it.
    var hasEnded = false
    /// When it last asked for something, or took something of an answer.
    var movedAt: Int64
    var isWatchedForRoom = false

    init(_ connection: consuming Descriptor, now: Int64) {
        stream = ByteStream(connection)
        movedAt = now
    }

    /// Why it may go before others when there is no room; nil where somebody waits for an answer.
    var ease: Ease? {
        guard outbound.isEmpty else { return .stalled }
        switch task {
        case .nothing: return session.isIdle ? .idle : nil
        case .reading(_, _, nil): return .quiet
        case .reading, .awaiting: return nil
        }
    }

    /// Ways to be missed little, those first who are missed least.
    enum Ease: Int {
        /// It asks for nothing.
        case idle
        /// It takes nothing of its answer.
        case stalled
        /// It follows, and has been told nothing for a while; the next one to follow is as welcome.
        case quiet

        /// How long it has to be so, in nanoseconds.
        var patience: Int64 {
            self == .stalled ? MasterLimits.controlStallNanoseconds : MasterLimits.controlIdleNanoseconds
        }

        var cut: ControlCut {
            switch self {
            case .idle: .idle
            case .stalled: .stalled
            case .quiet: .displaced
            }
        }

        /// What it is told; one that takes nothing is told nothing, in the middle of a line perhaps.
        var words: StaticString? {
            switch self {
            case .idle: "nothing was asked for here"
            case .stalled: nil
            case .quiet: "this one has followed for longest without news"
            }
        }
    }
}

/// What lines are read from.
enum ControlSource: Equatable {
    case log
    case events
}

/// Why a client was turned away or cut, as it is counted.
enum ControlCut: Int, CaseIterable {
    case capacity
    case user
    case unknown
    case malformed
    case tooLong
    case idle
    case stalled
    case displaced

    var label: StaticString {
        switch self {
        case .capacity: "capacity"
        case .user: "user"
        case .unknown: "unknown"
        case .malformed: "malformed"
        case .tooLong: "too_long"
        case .idle: "idle"
        case .stalled: "stalled"
        case .displaced: "displaced"
        }
    }

    init(_ fault: ControlFault) {
        switch fault {
        case .empty, .unknown, .missing, .surplus, .outside: self = .unknown
        case .notText: self = .malformed
        case .tooLong, .tooMuch: self = .tooLong
        }
    }
}
