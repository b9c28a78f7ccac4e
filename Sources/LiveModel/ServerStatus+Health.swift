/// One viewer as the server's last status told it.
public struct AudienceMember: Sendable, Equatable {
    /// As it came: not safe for a screen yet.
    public var name = ""
    /// `samples` or `frames`.
    public var shape = ""
    /// Frames a second; 0 for one that has samples.
    public var hz = 0
    /// Events it has not had yet.
    public var behind = 0
    /// Events that were passed over for it.
    public var conflated = 0
    public var sentBytes = 0
    public var ageSeconds = 0.0
    /// Seconds since it took anything.
    public var idleSeconds = 0.0

    public init() {}
}

/// What the delays of some seconds were like, in milliseconds.
public struct LatencyFigures: Sendable, Equatable {
    public var p50: Double
    public var p99: Double
    public var max: Double

    public init(p50: Double = 0, p99: Double = 0, max: Double = 0) {
        self.p50 = p50
        self.p99 = p99
        self.max = max
    }
}

/// How long samples took on the server's part of the way, hop by hop; nil where none came.
public struct HopLatency: Sendable, Equatable {
    /// From the worker's reading it to the hub's having it.
    public var relayed: LatencyFigures?
    /// From the hub's having it to its frame's text.
    public var encoded: LatencyFigures?

    public init() {}
}

/// A line of the server's log, for people to read; not safe for a screen yet.
public struct LogLineText: Sendable, Equatable {
    /// `HH:MM:SS`, UTC; empty where the line has no time.
    public var time: String
    /// `event key=value ...`, at most 200 bytes.
    public var text: String
    /// When it was written, in epoch milliseconds; 0 where that is not known.
    public var epochMilliseconds: Int64 = 0

    public init(time: String, text: String) {
        self.time = time
        self.text = text
    }
}
