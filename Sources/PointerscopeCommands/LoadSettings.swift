import LoadGenerator
import MonitorClient
import PosixIO

/// What `load` was asked to do, checked as a whole.
struct LoadSettings {
    var plan: LoadPlan
    var drawing: DrawingSettings
    var isJSON: Bool
    var reportPath: String?

    /// Samples of one write, at most.
    private static let burst = 4096

    /// Reads parsed values; what each of them says alone was checked by the option table. Names of hosts are
    /// looked up here.
    init(_ values: OptionValues) throws(UsageError) {
        drawing = try DrawingSettings(values)
        isJSON = values["json"].flatMap { Complaint.truth(of: $0) } ?? false
        reportPath = values["report"]
        plan = LoadPlan(
            target: try Self.target(
                values, "target", scheme: "ws", port: 8081, path: "/"))
        try readLoad(values)
        try readMeasuring(values)
        try check(values)
    }

    private mutating func readLoad(_ values: OptionValues) throws(UsageError) {
        func count(_ name: String, _ otherwise: Int) -> Int { values[name].flatMap { Int($0) } ?? otherwise }
        func seconds(_ name: String) -> Double { values[name].flatMap { LoadWords.seconds($0) } ?? 0 }
        plan.visitors = count("visitors", 100)
        plan.durationSeconds = seconds("duration")
        plan.rampSeconds = seconds("ramp")
        plan.churnPerSecond = values["churn"].flatMap { Double($0) } ?? 0
        plan.warmUpSeconds = seconds("warm-up")
        plan.settleSeconds = seconds("settle")
        plan.batch = count("batch", 1)
        plan.coalesce = count("coalesce", 1)
        plan.isShort = values["sample"] == "short"
        plan.queueFrames = count("queue", 16)
        plan.rounds = values["rounds"].flatMap { Int($0) }
        plan.restSeconds = seconds("rest")
        plan.processes = count("processes", 0)
        plan.seed = values["seed"].flatMap { UInt64($0) } ?? 1
        plan.mode = values["mode"].flatMap { LoadPlan.Mode(rawValue: $0) } ?? .pace
        plan.format = values["protocol"].flatMap { LoadPlan.Format(rawValue: $0) } ?? .json
        switch values["motion"] ?? "human" {
        case "human": plan.motion = .human
        case "circle": plan.motion = .circle
        case "random": plan.motion = .random
        case let path:
            plan.motion = .recording(path: path)
            // A recording's own times are what it was made for.
            plan.rate = .natural
        }
        if let rate = values["rate"].flatMap({ LoadWords.rate($0) }) { plan.rate = rate }
        plan.sources = values.all("source").compactMap { LoadWords.source($0) }
        plan.origin = values["visitor-origin"]
    }

    private mutating func readMeasuring(_ values: OptionValues) throws(UsageError) {
        plan.serverPid = values["pid"].flatMap { Int32($0) }
        if values["viewer"] != nil {
            plan.viewer = try Self.target(values, "viewer", scheme: "http", port: 2112, path: "/receive/load")
            plan.viewers = values["viewers"].flatMap { Int($0) } ?? 1
        } else if values["viewers"] != nil {
            throw Self.usage("--viewers needs --viewer, the server whose event stream they read")
        }
        // One that is for top need not be fit for a run without viewers.
        if plan.viewer != nil { plan.token = try ServerToken.find(values) }
        plan.viewerBytesPerSecond = values["viewer-rate"].flatMap { LoadWords.bytes($0) }
        // The option table has read them once already.
        plan.requirements = values.all("require").flatMap { (try? Requirement.parsing($0)) ?? [] }
    }

    private func check(_ values: OptionValues) throws(UsageError) {
        let isOwner = values["i-own-this-server"].flatMap { Complaint.truth(of: $0) } ?? false
        for target in [plan.target, plan.viewer].compactMap({ $0 }) {
            guard !target.address.isLoopback, !isOwner else { continue }
            throw Self.usage(
                "\(target.authority) is not on this machine: load is for servers of your own; if it is "
                    + "yours, say --i-own-this-server")
        }
        if plan.batch * plan.coalesce > Self.burst {
            throw Self.usage("--batch times --coalesce is over \(Self.burst): less fits in one write")
        }
        if plan.durationSeconds <= 0 { throw Self.usage("--duration must be above 0") }
        if plan.rampSeconds >= plan.durationSeconds, plan.rampSeconds > 0 {
            throw Self.usage("--ramp must be shorter than --duration: it is part of it")
        }
        if plan.rate == .natural, plan.motion == .circle || plan.motion == .random {
            throw Self.usage("--rate natural needs a motion with times of its own: human or a file")
        }
        if plan.rate == .asked {
            guard plan.format == .v1, plan.mode == .pace else {
                throw Self.usage("--rate asked needs --protocol v1, in which servers ask, and --mode pace")
            }
            guard plan.batch == 1, plan.coalesce == 1 else {
                throw Self.usage(
                    "--rate asked makes messages as the server asks: --batch and --coalesce do not go with it"
                )
            }
        }
        if plan.visitors == 0, plan.viewers == 0 {
            throw Self.usage("--visitors 0 leaves nothing to do without --viewer")
        }
        if plan.mode == .drain {
            guard plan.serverPid != nil else {
                throw Self.usage("--mode drain needs --pid, the server that it stops and continues")
            }
            guard plan.visitors > 0, plan.viewers == 0, plan.rampSeconds == 0 else {
                throw Self.usage("--mode drain has visitors, and neither viewers nor a ramp")
            }
            guard plan.queueFrames >= plan.coalesce else {
                throw Self.usage("--queue must be at least --coalesce")
            }
        }
        if plan.isShort {
            guard plan.mode == .drain, plan.format == .json else {
                throw Self.usage(
                    "--sample short needs --mode drain and --protocol json: nothing that arrives can be held "
                        + "against what was sent")
            }
        }
        if let reason = plan.unjudgeable { throw Self.usage("--require: \(reason)") }
    }

    private static func target(
        _ values: OptionValues, _ name: String, scheme: String, port: UInt16, path: String
    ) throws(UsageError) -> LoadTarget {
        let text = values[name] ?? ""
        do throws(LoadTarget.ParseError) {
            return try LoadTarget(parsing: text, scheme: scheme, defaultPort: port, defaultPath: path)
        } catch {
            let place = name == "target" ? text : "\(values.origin(of: name)) \(text)"
            throw UsageError(
                message: "\(place): \(error.reason)", exitStatus: error.isUnknownHost ? .unavailable : .usage)
        }
    }

    private static func usage(_ message: String) -> UsageError {
        UsageError(message: message, exitStatus: .usage)
    }
}
