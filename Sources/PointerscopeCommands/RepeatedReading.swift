import MasterProcess
import PosixIO
import SupervisorCore

/// The options of `serve` as they were at its start, to be read again from the same places.
final class RepeatedReading {
    private let arguments: [String]
    private let environment: [String: String]
    private let passed: PassedSockets
    private let signsIn: Bool
    /// What `--config` names; nil where it names nothing.
    let configurationPath: String?
    /// Whether each worker has a listener of its own.
    private let sharesPort: Bool
    /// What holds, by when it can become another; what the server was started with.
    private var held: [ReloadReach: OptionValues]

    init(
        _ arguments: [String], _ environment: [String: String], _ values: OptionValues,
        _ passed: PassedSockets, signsIn: Bool
    ) {
        self.arguments = arguments
        self.environment = environment
        self.passed = passed
        self.signsIn = signsIn
        configurationPath = values["config"]
        sharesPort = values["balance"] == "reuseport"
        held = [:]
        for reach in ReloadReach.allCases { held[reach] = values }
    }

    /// The same behind a front, which has read these arguments a moment ago; nil where what they name cannot
    /// be read again.
    convenience init?(typed arguments: [String], _ environment: [String: String], signsIn: Bool) {
        guard let values = try? Self.values(of: arguments, environment) else { return nil }
        self.init(arguments, environment, values, .none, signsIn: signsIn)
    }

    /// Reads everything once more, as at a start.
    func read() -> RereadSettings {
        do throws(UsageError) {
            let values = try Self.values(of: arguments, environment)
            let settings = try ServeSettings(values, environment: environment, passed: passed)
            let changesAuth = (settings.people != nil) != signsIn
            let changesListeners = (settings.balance == .reuseport) != sharesPort
            var changed: [ReloadReach: [String]] = [:]
            for option in CommandSpecification.serve.settable {
                let reach = ReloadReach.of(
                    option.name, changesAuth: changesAuth, changesListeners: changesListeners)
                guard values.all(option.name) != held[reach]?.all(option.name) else { continue }
                changed[reach, default: []].append(option.name)
            }
            return .settings(
                settings.master, ReloadPlan(changed: changed) { [weak self] in self?.held[$0] = values })
        } catch {
            return .refused(error.message)
        }
    }

    private static func values(
        of arguments: [String], _ environment: [String: String]
    ) throws(UsageError) -> OptionValues {
        let outcome = try OptionParser(command: .serve).parse(
            arguments: arguments, environment: environment,
            listFiles: { path throws(UnreadableFile) in try ConfigurationFiles.list(path) },
            readFile: { path throws(UnreadableFile) in try ConfigurationFiles.read(path, again: true) },
            isThere: ConfigurationFiles.isThere)
        guard case .run(let values) = outcome else {
            throw UsageError(message: "the options ask for no server", exitStatus: .usage)
        }
        return values
    }
}

extension MasterSettings {
    /// Has the master read again from where `reading` does.
    mutating func reads(again reading: RepeatedReading) {
        reread = { reading.read() }
        if let path = reading.configurationPath { configuration = { ConfigurationFiles.watched(path) } }
    }
}
