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

    /// Whether nobody waits for anything.
    var isIdle: Bool { task == .nothing && outbound.isEmpty && session.isIdle }
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

    var label: StaticString {
        switch self {
        case .capacity: "capacity"
        case .user: "user"
        case .unknown: "unknown"
        case .malformed: "malformed"
        case .tooLong: "too_long"
        case .idle: "idle"
        case .stalled: "stalled"
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
