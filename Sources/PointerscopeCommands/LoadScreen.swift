import Glibc
import LoadGenerator
import MonitorClient
import PosixIO
import TerminalGraph

/// The run on a terminal: rates, a heat strip of latencies, percentiles, errors, progress.
final class LoadScreen: LoadFace {
    private let screen: TerminalScreen
    private var canvas: CellCanvas
    private let settings: LoadSettings

    /// How long the terminal may take to accept its restoration.
    private static let restoreMilliseconds = 200

    /// Takes over the terminal; nil, with a word on standard error, where that cannot be.
    init?(_ settings: LoadSettings) {
        self.settings = settings
        let remark = TerminalTraits.adoptLocale(for: settings.drawing.glyphs)
        do throws(TerminalError) {
            screen = try TerminalScreen(descriptor: STDOUT_FILENO, traits: settings.drawing.traits)
        } catch {
            complain("no picture on this terminal: \(error.reason)")
            return nil
        }
        for remark in [screen.remark, remark].compactMap({ $0 }) { complain(remark) }
        canvas = CellCanvas(columns: screen.columns, rows: screen.rows, glyphs: screen.glyphs)
        let ending = screen.emergency
        CrashGuard.arm(descriptor: screen.descriptor, modes: ending.modes, bytes: ending.bytes)
    }

    var descriptor: Int32? { screen.descriptor }

    func show(_ status: LoadStatus) {
        if screen.resize() {
            canvas = CellCanvas(columns: screen.columns, rows: screen.rows, glyphs: screen.glyphs)
        }
        _ = screen.pump()
        guard screen.canDraw else { return }
        LoadView.draw(Self.picture(status, settings), on: &canvas)
        screen.draw(canvas)
        _ = screen.pump()
    }

    func secondPassed(_ status: LoadStatus) {}

    func readInput() -> LoadInput {
        var ends = false
        let result = screen.readInput(now: MonotonicClock.now()) { input in
            switch input {
            case .key(.character("q")), .key(.control("C")): ends = true
            default: break
            }
        }
        if result == .closed { return .closed }
        return ends ? .end : .nothing
    }

    /// Gives the terminal back.
    func close() {
        CrashGuard.disarm()
        screen.restore(withinMilliseconds: Self.restoreMilliseconds)
    }

    private static func picture(_ status: LoadStatus, _ settings: LoadSettings) -> LoadPicture {
        var picture = LoadPicture()
        picture.title = "load on \(settings.plan.target.authority)"
        picture.isTimingViewers = status.timesViewers
        picture.visitors = status.visitors
        picture.open = status.open
        picture.connecting = status.connecting
        picture.viewers = status.viewers
        picture.elapsedSeconds = status.elapsedSeconds
        picture.durationSeconds = status.durationSeconds
        switch status.phase {
        case .opening: picture.state = .opening
        case .running: picture.state = .running
        case .settling, .reporting: picture.state = .settling
        }
        picture.offeredPerSecond = status.offeredPerSecond
        picture.sentPerSecond = status.sentPerSecond
        picture.receivedPerSecond = status.receivedPerSecond
        picture.offered = status.offered
        picture.sent = status.sent
        picture.received = status.received
        picture.errors = status.errors
        picture.faults = status.faults.map { ($0.text, $0.count) }
        picture.generatorShare = status.generatorShare
        picture.serverShare = status.serverShare
        picture.serverBytes = status.serverBytes
        picture.secondsPerPoint = status.secondsPerPoint
        picture.sentHistory = status.history.map { Double($0.sent) / Double(status.secondsPerPoint) }
        picture.heat = status.history.map(\.heat)
        picture.heatEdges = (0..<LoadPoint.heatBins).map { LoadPoint.heatEdge($0) }
        let newest = status.history.last?.latency.named
        picture.percentiles = status.latency.named.enumerated().map { index, figure in
            (figure.name, figure.nanoseconds, newest?[index].nanoseconds)
        }
        picture.verdicts = status.verdicts.map { verdict in
            (verdict.text, verdict.value, verdict.outcome == .open ? nil : verdict.outcome == .passed)
        }
        picture.drain = status.drain.map {
            .init(
                rounds: $0.rounds, seconds: $0.seconds, secondsAtLeast: $0.secondsAtLeast,
                framesPerSecond: $0.framesPerSecond, newest: $0.newest)
        }
        return picture
    }
}
