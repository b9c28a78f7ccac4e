/// One worker as the server's last status told it.
public struct WorkerStatus: Sendable, Equatable {
    /// 0 where none runs in its place.
    public var pid: Int32 = 0
    /// Its place, from 1, as lists of processes show it; 0 where an older server does not say.
    public var number = 0
    /// A word such as `running`.
    public var state = ""
    public var connections = 0
    /// Samples a second.
    public var rate = 0.0
    public var restarts = 0
    /// Resident memory in bytes.
    public var memoryBytes = 0
    /// Share of one core over the last second, 1 being all of it.
    /// An older server does not say, and then it is nil.
    public var cpu: Double?
    /// Samples that it folded and received since its start; nil like `cpu`.
    public var folded: Int?
    public var received: Int?

    public init() {}

    /// What tells it from the others: its process, or where none runs its place below zero.
    public var mark: Int32 { pid > 0 ? pid : -Int32(clamping: number) }
}

/// A figure of the server's totals, by the name it gave it; nested names are joined by a dot.
public struct TotalFigure: Sendable, Equatable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}

/// The server's last status; what it did not say is empty or zero.
public struct ServerStatus: Sendable, Equatable {
    public var workers: [WorkerStatus] = []
    public var viewers = 0
    public var totals: [TotalFigure] = []
    /// Seconds since the server started, when it said so.
    public var uptimeSeconds = 0.0
    /// The address visitors connect to.
    public var ingestAddress = ""
    /// The address admins connect to.
    public var httpAddress = ""
    /// Under which name and path they reach it, where it has one.
    public var publicURL = ""
    /// The link by which the first admin is made, while there is nobody who could sign in.
    public var invite = ""
    /// The viewers furthest behind, and how many there are is `viewers`.
    public var audience: [AudienceMember] = []
    public var latency = HopLatency()
    /// How often visitors sample; nil where the server does not say, as an older one.
    public var sampling: SamplingStatus?
    /// What was refused since the start, by reason.
    public var refusals: [TotalFigure] = []
    /// The newest lines of the log, oldest first.
    public var log: [LogLineText] = []
    /// Whether it told its log at all: operators are told, and older servers tell nobody.
    public var hasLog = false

    public init() {}

    /// Whether it keeps its workers to itself, as from whoever may only see some pages.
    public var hidesWorkers: Bool { workers.isEmpty && uptimeSeconds > 0 }

    /// The figure of that name.
    public func total(_ name: String) -> Double? { totals.first { $0.name == name }?.value }
}
