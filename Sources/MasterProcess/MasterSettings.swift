public import HTTPWire
public import PosixIO

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
    /// Under which name and path people and pages reach the server; nil where they reach its ports.
    public var publicURL: PublicURL?
    /// The file that the log is appended to; nil writes it to standard error.
    public var logPath: String?
    /// Frames a second that the front process gets, one of the rates of the frames shape.
    public var frontRate: Int
    /// The words that start the master's children in their roles.
    public var roles: ChildRoles
    /// What `/metrics` and the log call this build.
    public var version: String

    /// The first argument of each child of the master.
    public struct ChildRoles: Sendable {
        let worker: String
        let demo: String

        /// Names the roles as the executable's entry knows them.
        public init(worker: String, demo: String) {
            self.worker = worker
            self.demo = demo
        }
    }

    /// Takes what was asked for.
    public init(
        ingest: SocketAddress, http: SocketAddress, workerCount: Int, demoVisitors: Int, origins: [String],
        publicURL: PublicURL? = nil, logPath: String?, frontRate: Int, roles: ChildRoles, version: String
    ) {
        self.ingest = ingest
        self.http = http
        self.workerCount = workerCount
        self.demoVisitors = demoVisitors
        self.origins = origins
        self.publicURL = publicURL
        self.logPath = logPath
        self.frontRate = frontRate
        self.roles = roles
        self.version = version
    }
}
