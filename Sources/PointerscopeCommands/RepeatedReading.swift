import MasterProcess
import PosixIO

/// The options of `serve` as they were at its start, to be read again from the same places.
final class RepeatedReading {
    private let arguments: [String]
    private let environment: [String: String]
    private let passed: PassedSockets
    /// What the server was started with, and what its workers have now.
    private let started: OptionValues
    private var held: OptionValues

    /// Options that new workers take up, and nobody else has.
    private static let live: Set<String> = Set(
        ["origin", "deflate"] + OptionSpecification.limits.map(\.name))

    init(
        _ arguments: [String], _ environment: [String: String], _ values: OptionValues,
        _ passed: PassedSockets
    ) {
        self.arguments = arguments
        self.environment = environment
        self.passed = passed
        started = values
        held = values
    }

    /// Reads everything once more, as at a start.
    func read() -> RereadSettings {
        do throws(UsageError) {
            let outcome = try OptionParser(command: .serve).parse(
                arguments: arguments, environment: environment,
                listFiles: { path throws(UnreadableFile) in try ConfigurationFiles.list(path) },
                readFile: { path throws(UnreadableFile) in try ConfigurationFiles.read(path, again: true) },
                isThere: ConfigurationFiles.isThere)
            guard case .run(let values) = outcome else { return .refused("the options ask for no server") }
            let settings = try ServeSettings(values, environment: environment, passed: passed)
            let names = CommandSpecification.serve.settable.map(\.name)
            let restart = names.filter { !Self.live.contains($0) && values.all($0) != started.all($0) }
            let changed = names.filter { Self.live.contains($0) && values.all($0) != held.all($0) } + restart
            held = values
            return .settings(settings.master, changed: changed, restart: restart)
        } catch {
            return .refused(error.message)
        }
    }
}
