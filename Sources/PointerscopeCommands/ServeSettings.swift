import Glibc
import HTTPWire
import IngestWorker
import MasterProcess
import MonitorClient
import PosixIO
import RateControl
import SupervisorCore

/// What `serve` was asked to do, checked as a whole.
struct ServeSettings {
    var ingest: SocketAddress
    var http: SocketAddress
    var workerCount: Int
    var isHeadless: Bool
    /// Synthetic visitors; 0 starts none.
    var demoVisitors: Int
    /// Empty admits every origin.
    var origins: [String]
    /// How long who leaves a page may take to come to the next.
    var graceNanoseconds: Int64
    var network: NetworkSettings
    /// Under which name and path people and pages reach it.
    var publicURL: PublicURL?
    /// Who is let in; nil lets in everybody on this machine.
    var people: PeopleSettings?
    /// The state directory, where it was named and nobody signs in.
    var statePath: String?
    var logPath: String?
    /// How much of the log is written.
    var logLevel: LogLevel
    /// In what time a worker that is replaced lets go of its connections.
    var drainMilliseconds: UInt32
    /// Which worker a connection goes to.
    var balance: Balance
    /// When a worker is given up, and when one is replaced for its memory.
    var restartPolicy: RestartPolicy
    /// Whether it reloads when program or configuration change.
    var isWatching: Bool
    /// Where operators reach it.
    var control: ControlPlace
    /// How often visitors may be asked to sample.
    var sampling: SamplingBounds
    /// Whether visitors' clients may compress what they send.
    var deflates: Bool
    /// What one connection of a visitor may bring.
    var limits: IngestLimits
    var drawing: DrawingSettings
    /// How long it serves on when it is told to stop.
    var leaveNanoseconds: Int64
    /// Whether developers may look into its processes.
    var isDebuggable: Bool
    /// What a service manager brought.
    var passed: PassedSockets

    /// Reads parsed values; what each of them says alone was checked by the option table. Sockets that were
    /// passed say where it listens.
    init(
        _ values: OptionValues, environment: [String: String], passed: PassedSockets = .none
    ) throws(UsageError) {
        var values = values
        ingest = try Self.address("ingest", &values, passed.ingest)
        http = try Self.address("http", &values, passed.http)
        self.passed = passed
        leaveNanoseconds = Int64((values["drain-seconds"].flatMap { LoadWords.seconds($0) } ?? 0) * 1e9)
        isDebuggable = values["debuggable"].flatMap { Complaint.truth(of: $0) } ?? false
        workerCount =
            values["workers"].flatMap { Int($0) } ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        isHeadless = values["headless"].flatMap { Complaint.truth(of: $0) } ?? false
        demoVisitors = values["demo"].flatMap { Int($0) } ?? 0
        origins = values.all("origin").compactMap { try? OriginText.canonical($0) }
        graceNanoseconds = Int64((values["grace"].flatMap { LoadWords.seconds($0) } ?? 5) * 1e9)
        network = try NetworkSettings(values)
        publicURL = Self.publicURL(values)
        logPath = values["log"]
        logLevel = values["log-level"].flatMap { LogLevel(rawValue: $0) } ?? .info
        sampling = values["sampling"].flatMap(SamplingText.bounds) ?? .standard
        deflates = values["deflate"].flatMap { Complaint.truth(of: $0) } ?? false
        limits = IngestLimits(values)
        drawing = try DrawingSettings(values)
        drawing.firstLook = try FirstLook(values)
        let isSample = values["sample"].flatMap { Complaint.truth(of: $0) } ?? false
        people = try PeopleSettings(
            values, ingest: ingest, http: http, publicURL: publicURL, network: network,
            showsSamplePage: isSample || demoVisitors > 0, environment: environment)
        statePath = people == nil ? values["state"] : nil
        drainMilliseconds = UInt32((values["worker-drain"].flatMap { LoadWords.seconds($0) } ?? 10) * 1000)
        balance = values["balance"].flatMap { Balance(word: $0) } ?? .leastConnections
        restartPolicy = RestartPolicy(values)
        isWatching = values["watch"].flatMap { Complaint.truth(of: $0) } ?? false
        control = ControlPath.place(
            values, statePath: people?.statePath ?? statePath, environment: environment)
        if demoVisitors > 0, network.expectsProxyHeaders.ingest {
            throw UsageError(
                message:
                    "\(values.origin(of: "demo")): its visitors come from no proxy; leave out the PROXY headers of "
                    + "the ingest port: --proxy-protocol=http",
                exitStatus: .usage)
        }
        try Self.check(balance, of: values, at: ingest, passed.ingest)
        if ingest.overlaps(http), ingest.path != nil || ingest.port != 0 {
            let both = ingest == http ? "both \(http.text)" : "\(ingest.text) and \(http.text)"
            let places = ingest.path == nil ? "ports" : "paths"
            throw UsageError(
                message: "--ingest and --http are \(both): give them two \(places)",
                exitStatus: values.isFromFile("ingest") || values.isFromFile("http") ? .configuration : .usage
            )
        }
    }

    /// What of it is the master's.
    var master: MasterSettings {
        var settings = MasterSettings(
            ingest: ingest, http: http, workerCount: workerCount, demoVisitors: demoVisitors,
            origins: origins, graceNanoseconds: graceNanoseconds, publicURL: publicURL, network: network,
            people: people,
            statePath: statePath, logPath: logPath,
            frontRate: WatchRequest.rate(for: drawing.picturesPerSecond),
            roles: .init(
                worker: Role.worker.rawValue, demo: Role.demo.rawValue, hash: Role.hash.rawValue,
                keep: Role.keep.rawValue, check: Role.upgradeCheck.rawValue), version: productVersion)
        settings.logLevel = logLevel
        settings.sampling = sampling
        settings.deflates = deflates
        settings.ingestLimits = limits.word
        settings.control = control
        settings.drainMilliseconds = drainMilliseconds
        settings.balance = balance
        settings.restartPolicy = restartPolicy
        settings.isWatching = isWatching
        settings.leaveNanoseconds = leaveNanoseconds
        settings.isDebuggable = isDebuggable
        settings.passed = passed
        return settings
    }

    /// A listener for each worker is made where there can be more than one.
    private static func check(
        _ balance: Balance, of values: OptionValues, at ingest: SocketAddress,
        _ passed: PassedSockets.Socket?
    ) throws(UsageError) {
        guard balance == .reuseport, passed != nil || ingest.path != nil else { return }
        let why =
            ingest.path != nil
            ? "there can be one listener alone at \(ingest.text)"
            : "the service manager passes one socket for --ingest, and no other can share its port"
        throw UsageError(
            message:
                "\(values.origin(of: "balance")) reuseport: \(why); take shared, which needs one alone",
            exitStatus: .configuration)
    }

    private static func publicURL(_ values: OptionValues) -> PublicURL? {
        values["public-url"].flatMap { try? PublicURL(parsing: $0) }
    }

    /// Where to listen: at what was passed, which nothing else may contradict, or at what the options say.
    private static func address(
        _ name: String, _ values: inout OptionValues, _ passed: PassedSockets.Socket?
    ) throws(UsageError) -> SocketAddress {
        let told: SocketAddress
        do throws(SocketAddress.ParseError) {
            told = try SocketAddress(parsing: values[name] ?? "")
        } catch {
            throw UsageError(message: "--\(name): no address", exitStatus: .usage)
        }
        guard let passed else { return told }
        guard !values.isGiven(name) || told == passed.address else {
            throw UsageError(
                message:
                    "\(values.origin(of: name)) \(told.text): the service manager passes a socket for it that "
                    + "listens at \(passed.address.text); leave one of the two out",
                exitStatus: .configuration)
        }
        values.put(passed.address.text, in: name, from: "LISTEN_FDS \(name)")
        return passed.address
    }
}
