import LiveModel
import Testing

@testable import TerminalGraph

/// What is asked is answered by whoever could read it.
@Suite struct QuestionTests {
    init() { #expect(TestLocale.isUTF8) }

    /// A server's own terminal with two workers, the first of them chosen, and two visitors.
    private static func scene(columns: Int = 100, rows: Int = 30) -> Scene {
        var configuration = Monitor.Configuration()
        configuration.operates = true
        configuration.quitting = .stopsServer
        configuration.settings.view = .workers
        let scene = Scene.crowd(2, columns: columns, rows: rows, configuration)
        let workers = [(7, 1), (8, 2)].map {
            #"{"pid":\#($0.0),"state":"running","connections":1,"rate":1,"restarts":0,"rss":1,"number":\#($0.1)}"#
        }
        scene.apply(
            "status", #"{"workers":[\#(workers.joined(separator: ","))],"viewers":1,"totals":{},"uptime":4}"#)
        scene.draw()
        scene.press(.home)
        return scene
    }

    private static func keys(_ text: String) -> [Key] { text.unicodeScalars.map { .character($0) } }

    @Test(arguments: ["Ry", "RY", "Dy", "Ly", "RnRy", "Ryyyy", ":reload\ry", "qy", "qY", "Qqy"])
    func noKeyAnswersWhatCouldNotBeRead(typed: String) {
        let scene = Self.scene()
        for scalar in typed.unicodeScalars {
            let key = scalar == "\r" ? Key.enter : .character(scalar)
            #expect(scene.monitor.receive(.key(key), &scene.model, now: scene.now) == .none)
        }
        #expect(scene.isAsking)
        scene.draw()
        #expect(scene.status.contains("?"), "\(scene.status)")
        #expect(scene.press(.character("y")) != .none)
        #expect(!scene.isAsking)
    }

    @Test func onceItIsReadItIsAnsweredHoweverQuickly() {
        let scene = Self.scene()
        scene.press(.character("R"))
        // Two keys of one read, the first of which is the answer.
        #expect(scene.monitor.receive(.key(.character("n")), &scene.model, now: scene.now) == .none)
        #expect(scene.monitor.receive(.key(.character("y")), &scene.model, now: scene.now) != .quit)
        #expect(!scene.isAsking)
        scene.press(.character("R"))
        scene.press(.character("n"))
        // Another question is another one to read.
        scene.hit(Self.keys("R"))
        #expect(scene.monitor.receive(.key(.character("y")), &scene.model, now: scene.now) == .none)
        #expect(scene.isAsking)
    }

    @Test func controlCIsAWayOutOfWhatNobodySaw() {
        let scene = Self.scene()
        scene.hit(Self.keys("q"))
        #expect(scene.monitor.receive(.key(.control("C")), &scene.model, now: scene.now) == .quit)
        scene.hit(Self.keys("R"))
        #expect(scene.monitor.receive(.key(.control("C")), &scene.model, now: scene.now) == .none)
        #expect(!scene.isAsking)
    }

    @Test func aClickDoesNotAnswerEither() {
        let scene = Self.scene()
        scene.press(.character("R"))
        guard let yes = scene.find("y does it") else { return #expect(Bool(false), "\(scene.status)") }
        scene.press(.escape)
        scene.hit(Self.keys("R"))
        for action in [MouseEvent.Action.press(.left), .release] {
            let event = MouseEvent(action, row: yes.row, column: yes.column)
            #expect(scene.monitor.receive(.mouse(event), &scene.model, now: scene.now) == .none)
        }
        #expect(scene.isAsking)
        scene.draw()
        #expect(scene.click("y does it") != .none)
    }

    @Test(arguments: [(100, 30), (40, 10), (30, 5)])
    func whereverItIsSeenItCanBeAnswered(columns: Int, rows: Int) {
        let scene = Self.scene(columns: columns, rows: rows)
        scene.press(.character("q"))
        #expect(scene.press(.character("y")) == .quit)
    }
}

extension Scene {
    fileprivate var isAsking: Bool { monitor.isAsking }
}
