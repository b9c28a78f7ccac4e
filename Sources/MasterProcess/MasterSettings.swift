import BroadcastHub
public import HTTPWire
public import PosixIO
public import ProxyWire
public import RateControl
public import SupervisorCore

/// What the master was asked to do, checked as a whole.
public struct MasterSettings {
    /// Where visitors' connections arrive.
    public var ingest: SocketAddress
    /// Where pages, streams and metrics are asked for.
    public var http: SocketAddress
    /// Worker processes.
    public var workerCount: Int
    /// Synthetic visitors; 0 starts none.
    public var demoVisitors: Int
    /// Empty admits the pages of this machine where `ingest` is loopback, and else every page.
    public var origins: [String]
    /// How long a visitor who left a page is present until somebody speaks for them again.
    public var graceNanoseconds: Int64
    /// How connections reach it from outside.
    public var network: NetworkSettings
    /// Under which name and path people and pages reach the server; nil where they reach its ports.
    public var publicURL: PublicURL?
    /// Who is let in; nil lets in everybody who reaches the ports.
    public var people: PeopleSettings?
    /// The directory of what outlives the server where nobody signs in; nil keeps nothing.
    public var statePath: String?
    /// How often visitors may be asked to sample.
    public var sampling = SamplingBounds.standard
    /// Whether visitors' clients may compress what they send.
    public var deflates = false
    /// In what time a worker that is replaced closes its connections.
    public var drainMilliseconds: UInt32 = 10_000
    /// Which worker a connection goes to.
    public var balance = Balance.leastConnections
    /// The words that this process was started with, its name first: those of a program that takes over.
    public var commandLine: [String] = []
    /// When a worker that dies is given up, and when one is replaced for its memory.
    public var restartPolicy = RestartPolicy.standard
    /// Reads again what the server was asked for; nil where nothing of it can have changed.
    public var reread: (() -> RereadSettings)?
    /// Whether a change of the program on disk or of the configuration is a reload.
    public var isWatching = false
    /// Which files the configuration is read from at this moment; nil where there are none.
    public var configuration: (() -> WatchedPlaces)?
    /// What one connection of a visitor may bring, in the words of the worker's role.
    public var ingestLimits = ""
    /// Where operators reach the server.
    public var control = ControlPlace.nowhere
    /// How long it serves on, and says that it is not ready, when it is told to stop.
    public var leaveNanoseconds: Int64 = 0
    /// Sockets that a service manager has made for it.
    public var passed = PassedSockets.none
    /// Whether a service manager wants to be told how it is.
    public var service = ServiceEnvironment.none
    /// Whether developers may look into its processes' memory, and workers do what they like.
    public var isDebuggable = false
    /// The file that the log is appended to; nil writes it to standard error.
    public var logPath: String?
    /// How much of it is written there.
    public var logLevel = LogLevel.info
    /// Frames a second that the front process gets, one of the rates of the frames shape.
    public var frontRate: Int
    /// The words that start the master's children in their roles.
    public var roles: ChildRoles
    /// What `/metrics` and the log call this build.
    public var version: String

    /// The hub's bounds, with what was asked for.
    var hubLimits: HubLimits {
        var limits = HubLimits.standard
        limits.graceNanoseconds = graceNanoseconds
        return limits
    }

    /// The places that one worker's connections share, as its argument.
    var sharedPlaces: String { String(hubLimits.sharedPlaces / workerCount) }

    /// What a worker is started with.
    var workerArguments: [String] {
        [
            roles.worker, publicURL?.text ?? "loopback-only",
            ingest.isLoopback ? "loopback-origins" : "any-origin", sharedPlaces, network.ingestProxies,
            deflates ? "deflate" : "plain", ingestLimits, balance.isOfWorkers ? "accepts" : "handed",
        ] + origins
    }

    /// The first argument of each child of the master.
    public struct ChildRoles: Sendable {
        let worker: String
        let demo: String
        let hash: String
        let keep: String
        let check: String

        /// Names the roles as the executable's entry knows them.
        public init(worker: String, demo: String, hash: String, keep: String, check: String) {
            self.check = check
            self.worker = worker
            self.demo = demo
            self.hash = hash
            self.keep = keep
        }
    }

    /// Takes what was asked for.
    public init(
        ingest: SocketAddress, http: SocketAddress, workerCount: Int, demoVisitors: Int, origins: [String],
        graceNanoseconds: Int64, publicURL: PublicURL? = nil, network: NetworkSettings,
        people: PeopleSettings? = nil,
        statePath: String? = nil, logPath: String?, frontRate: Int, roles: ChildRoles, version: String
    ) {
        self.ingest = ingest
        self.http = http
        self.workerCount = workerCount
        self.demoVisitors = demoVisitors
        self.origins = origins
        self.graceNanoseconds = graceNanoseconds
        self.network = network
        self.people = people
        self.publicURL = publicURL
        self.statePath = statePath
        self.logPath = logPath
        self.frontRate = frontRate
        self.roles = roles
        self.version = version
    }
}

/// How connections reach the server: over which sockets' files, and what stands in front of it.
public struct NetworkSettings: Sendable {
    /// The group of Unix sockets' files; nil leaves the user's own.
    public var socketGroup: UInt32?
    /// Whose word about its clients is believed.
    public var trust = ProxyTrust()
    /// Whether every connection of the ingest port, or of the HTTP port, begins with a PROXY header.
    public var expectsProxyHeaders = (ingest: false, http: false)
    /// How much of the ingest port one client address may have.
    public var door = DoorSettings()

    /// Nobody in front, files of the user's own group.
    public init() {}

    /// The door of the ingest port: a proxy stands for many, so what it brings is counted for nobody there.
    var ingestDoor: DoorSettings {
        var door = door
        door.unlimited += trust.proxies.listed
        if expectsProxyHeaders.ingest, trust.proxies.isEmpty { door.letsEverybodyIn = true }
        return door
    }

    /// The proxies that the ingest port hears as a worker's argument: `direct` without headers, else a list
    /// that is empty where all may connect.
    var ingestProxies: String {
        expectsProxyHeaders.ingest ? trust.proxies.words.joined(separator: ",") : "direct"
    }
}
