import Glibc
import HTTPWire
import MasterProcess
import MonitorClient
import PosixIO

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
    /// Under which name and path people and pages reach it.
    var publicURL: PublicURL?
    var logPath: String?
    var drawing: DrawingSettings

    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) throws(UsageError) {
        ingest = try Self.address("ingest", values)
        http = try Self.address("http", values)
        workerCount =
            values["workers"].flatMap { Int($0) } ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        isHeadless = values["headless"].flatMap { Complaint.truth(of: $0) } ?? false
        demoVisitors = values["demo"].flatMap { Int($0) } ?? 0
        origins = values.all("origin")
        publicURL = try Self.publicURL(values)
        logPath = values["log"]
        drawing = try DrawingSettings(values)
        for (name, address) in [("ingest", ingest), ("http", http)] where !address.isLoopback {
            throw UsageError(
                message:
                    "\(values.origin(of: name)) \(address.text): with --auth none only loopback addresses "
                    + "are served, for example 127.0.0.1:\(address.port)",
                exitStatus: values.isFromFile(name) ? .configuration : .usage)
        }
        if ingest == http, ingest.port != 0 {
            throw UsageError(
                message: "--ingest and --http are both \(http.text): give them two ports", exitStatus: .usage)
        }
    }

    /// What of it is the master's.
    var master: MasterSettings {
        MasterSettings(
            ingest: ingest, http: http, workerCount: workerCount, demoVisitors: demoVisitors,
            origins: origins, publicURL: publicURL, logPath: logPath,
            frontRate: WatchRequest.rate(for: drawing.picturesPerSecond),
            roles: .init(worker: Role.worker.rawValue, demo: Role.demo.rawValue), version: productVersion)
    }

    private static func publicURL(_ values: OptionValues) throws(UsageError) -> PublicURL? {
        guard let text = values["public-url"], let url = try? PublicURL(parsing: text) else { return nil }
        guard url.isLoopback else {
            throw UsageError(
                message:
                    "\(values.origin(of: "public-url")) \(text): with --auth none only names of this machine "
                    + "are served, for example http://localhost\(url.basePath)/",
                exitStatus: values.isFromFile("public-url") ? .configuration : .usage)
        }
        return url
    }

    private static func address(_ name: String, _ values: OptionValues) throws(UsageError) -> SocketAddress {
        do throws(SocketAddress.ParseError) {
            return try SocketAddress(parsing: values[name] ?? "")
        } catch {
            throw UsageError(message: "--\(name): no address", exitStatus: .usage)
        }
    }
}
