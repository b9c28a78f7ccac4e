import PointerEvents

/// Everything that a worker has to know of a connection that another worker had, but for its descriptor.
///
/// Both run on the same machine: clocks are those of CLOCK_MONOTONIC, values in host byte order. Buckets and
/// times go along, so that nobody gains by being moved.
struct MovedConnection: Equatable {
    /// Where it stands; the raw values are the record's. Others are not moved: a request whose body is on its
    /// way is answered first, and what is closing ends where it is.
    enum Phase: UInt8 {
        case proxyHeader = 0
        case handshake = 1
        case keptAlive = 2
        case open = 3
    }

    struct Flags: OptionSet {
        let rawValue: UInt16

        static let deflates = Flags(rawValue: 1 << 0)
        static let isPinged = Flags(rawValue: 1 << 1)
        static let bringsUnfoldable = Flags(rawValue: 1 << 2)
        /// What is kept begins with frames that nobody has looked at.
        static let hasRest = Flags(rawValue: 1 << 3)
        static let isReadInParts = Flags(rawValue: 1 << 4)
        static let hasRates = Flags(rawValue: 1 << 5)
        /// It speaks `pointerscope.v1`, has said who it is, and is asked for something of its own.
        static let isWire = Flags(rawValue: 1 << 6)
        static let isKnown = Flags(rawValue: 1 << 7)
        static let hasOwnPace = Flags(rawValue: 1 << 8)

        static let all = Flags(rawValue: 0x1FF)
    }

    /// What it has brought lately, as `ConnectionRates` counts it.
    struct Rates: Equatable {
        var eventsFullAt: Int64 = 0
        var bytesFullAt: Int64 = 0
        var overSince: Int64 = 0
    }

    /// Of a visitor that speaks `pointerscope.v1`.
    struct Wire: Equatable {
        var sinceSeconds: Int64 = 0
        var told = Pace()
        var own = Pace()
        var state = WireV1State()
    }

    /// Nobody among the speakers.
    static let nobody = UInt16.max

    var phase: Phase
    var flags: Flags = []
    var sinceSeconds: Int64 = 0
    var unfinishedSinceSeconds: Int64 = .max
    var shareFullAt: Int64 = 0
    var rates = Rates()
    var neededBytes: UInt32 = 0
    var lastWork: UInt32 = 0
    var addressKey: UInt32 = 0
    var textsDue: UInt32 = 0
    /// The place among the speakers of who was heard last.
    var lastHeard = nobody
    /// Their ids, newest first.
    var speakers: [[UInt8]] = []
    var wire: Wire?
    /// As `WebSocketConnection` writes it; empty before the handshake.
    var socket: [UInt8] = []
    /// What was read and could not be used yet.
    var kept: [UInt8] = []
    /// What the kernel has not taken yet.
    var outbound: [UInt8] = []
}

/// A record that no worker of this version writes.
struct MoveFault: Error, Equatable {
    /// Whether it is of a WebSocket, whose peer can be told to come back.
    let isOpen: Bool
}
