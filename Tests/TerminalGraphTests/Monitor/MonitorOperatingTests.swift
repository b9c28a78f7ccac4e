import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct MonitorOperatingTests {
    init() { #expect(TestLocale.isUTF8) }

    /// The view of three workers, of which the second is being replaced and the third was stopped.
    private static func scene(columns: Int = 120, rows: Int = 24, operates: Bool = true) -> Scene {
        let scene = Scene(columns: columns, rows: rows)
        var configuration = Monitor.Configuration()
        configuration.operates = operates
        configuration.settings.view = .workers
        scene.monitor = Monitor(configuration)
        scene.model.link = .live
        scene.apply("keyframe", #"{"at":\#(scene.at),"visitors":[]}"#)
        scene.apply(
            "status",
            status([(101, "running", 1), (102, "draining", 2), (103, "running", 2), (0, "stopped", 3)]))
        scene.draw()
        return scene
    }

    private static func status(_ workers: [(pid: Int, state: String, number: Int)]) -> String {
        let entries = workers.map { worker in
            #"{"pid":\#(worker.pid),"state":"\#(worker.state)","connections":\#(worker.pid > 0 ? 512 : 0),"#
                + #""rate":1,"restarts":0,"rss":1,"number":\#(worker.number)}"#
        }
        return #"{"workers":[\#(entries.joined(separator: ","))],"viewers":1,"totals":{},"uptime":61}"#
    }

    private func pressing(_ key: Character, _ scene: Scene) {
        scene.press(.character(key.unicodeScalars.first!))
    }

    @Test func aKeyAsksAndYesDoesIt() {
        let scene = Self.scene()
        scene.press(.home)
        pressing("R", scene)
        #expect(scene.status.contains("restart worker 1 (pid 101, 512 connections)? y/N"))
        let command = scene.press(.character("y"))
        guard case .operate(let deed) = command else { return #expect(Bool(false), "\(command)") }
        #expect(deed.kind == .restart && deed.number == 1 && deed.pid == 101)
        #expect(deed.words == "restart worker 1 (pid 101)")
        #expect(scene.monitor.overlay == .none)
        pressing("D", scene)
        #expect(scene.status.contains("drain worker 1 (pid 101, 512 connections)? y/N"))
        guard case .operate(let drain) = scene.press(.character("Y")) else { return #expect(Bool(false)) }
        #expect(drain.kind == .drain && drain.pid == 101)
        pressing("L", scene)
        #expect(scene.status.contains("reload 3 workers (1,536 connections)? y/N"))
        guard case .operate(let reload) = scene.press(.character("y")) else { return #expect(Bool(false)) }
        #expect(reload.kind == .reload && reload.number == 0 && reload.words == "reload")
    }

    @Test(arguments: [
        Key.character("n"), .character("N"), .escape, .enter, .character("x"), .control("C"), .down,
    ])
    func everyOtherKeyLeavesItAsItIs(key: Key) {
        let scene = Self.scene()
        scene.press(.home)
        pressing("R", scene)
        #expect(scene.press(key) == .none)
        #expect(scene.monitor.overlay == .none)
        #expect(scene.status.contains("not done: restart worker 1 (pid 101)"))
        #expect(scene.highlighted == ["1"], "no key means two things")
        #expect(
            scene.press(.character("y")) != .operate(OperatorDeed(.restart, scene.model.status.workers[0])))
    }

    @Test func whoIsMeantHasToBeClear() {
        let scene = Self.scene()
        pressing("R", scene)
        #expect(scene.status.contains("which worker? choose one first"))
        #expect(scene.monitor.overlay == .none)
        // The only one is.
        scene.apply("status", Self.status([(101, "running", 1)]))
        pressing("R", scene)
        #expect(scene.status.contains("restart worker 1 (pid 101"))
    }

    @Test func anOldOneIsNotTakenForItsSuccessor() {
        let scene = Self.scene()
        scene.press(.home, .down)
        for key in ["R", "D"] as [Character] {
            pressing(key, scene)
            #expect(scene.status.contains("worker 2 (pid 102) lets its visitors go; 103 has its place"))
            #expect(scene.monitor.overlay == .none)
        }
        scene.press(.down)
        pressing("R", scene)
        #expect(scene.status.contains("restart worker 2 (pid 103"))
    }

    @Test func oneThatIsStoppedIsStarted() {
        let scene = Self.scene()
        scene.press(.end)
        #expect(scene.highlighted == ["3"])
        pressing("D", scene)
        #expect(scene.status.contains("worker 3 is stopped: there is nothing to drain"))
        pressing("R", scene)
        #expect(scene.status.contains("start worker 3? y/N"))
        guard case .operate(let deed) = scene.press(.character("y")) else { return #expect(Bool(false)) }
        #expect(deed.pid == 0 && deed.number == 3 && deed.words == "start worker 3")
    }

    @Test func oneThatIsGoneMeanwhileIsLeftAlone() {
        let scene = Self.scene()
        scene.press(.home)
        pressing("R", scene)
        scene.apply("status", Self.status([(104, "running", 1), (103, "running", 2)]))
        scene.draw()
        #expect(scene.press(.character("y")) == .none)
        #expect(scene.status.contains("not done: worker 1 (pid 101) is gone meanwhile"))
    }

    @Test func aServerElsewhereIsNotAsked() {
        let scene = Self.scene(operates: false)
        #expect(!scene.status.contains("restart") && !scene.status.contains("drain"))
        scene.press(.home)
        for key in ["R", "D", "L"] as [Character] {
            pressing(key, scene)
            #expect(
                scene.status.contains("needs the server's own terminal, or pointerscope ctl on its machine"))
            #expect(scene.monitor.overlay == .none)
        }
        pressing(":", scene)
        scene.type("restart 1")
        #expect(scene.press(.enter) == .none)
        #expect(scene.status.contains("needs the server's own terminal"))
        pressing("m", scene)
        scene.click("restart it")
        #expect(scene.status.contains("needs the server's own terminal"))
    }

    @Test func theMenuHasThemInEveryView() {
        let scene = Self.scene()
        scene.press(.home)
        pressing("m", scene)
        #expect(scene.picture.contains("worker 1 (pid 101)") && scene.picture.contains("reload all workers"))
        scene.click("drain it")
        #expect(scene.status.contains("drain worker 1 (pid 101"))
        scene.press(.escape)
        pressing("1", scene)
        guard let place = scene.find("101") else { return #expect(Bool(false)) }
        scene.mouse(.press(.right), place.row, place.column)
        scene.click("restart it")
        #expect(scene.status.contains("restart worker 1 (pid 101"))
        #expect(scene.click("does it") == .operate(OperatorDeed(.restart, scene.model.status.workers[0])))
        // A click anywhere else leaves it as it is.
        scene.mouse(.press(.right), place.row, place.column)
        scene.click("reload all")
        #expect(scene.status.contains("reload 3 workers"))
        #expect(scene.click(5, 5) == .none)
        #expect(scene.monitor.overlay == .none && scene.status.contains("not done: reload"))
    }

    @Test func commandsTakeNumbersAndProcesses() {
        let scene = Self.scene()
        func run(_ text: String) {
            pressing(":", scene)
            scene.type(text)
            scene.press(.enter)
        }
        run("restart 2")
        #expect(scene.status.contains("restart worker 2 (pid 103"), "not the one that goes")
        scene.press(.escape)
        run("drain 101")
        #expect(scene.status.contains("drain worker 1 (pid 101"))
        scene.press(.escape)
        run("restart 9")
        #expect(scene.status.contains("there is no worker 9"))
        run("restart -3")
        #expect(scene.status.contains("there is no worker -3"))
        run("reload 2")
        #expect(scene.status.contains(":reload replaces every worker, :restart 2 one of them"))
        #expect(scene.monitor.overlay == .none)
        run("reload")
        #expect(scene.status.contains("reload 3 workers"))
        scene.press(.escape)
        pressing(":", scene)
        scene.type("drain ")
        scene.press(.tab)
        #expect(scene.status.contains("1") && scene.status.contains("2") && scene.status.contains("3"))
        scene.press(.tab)
        #expect(scene.status.contains(":drain 1"))
    }

    @Test func oneThatWasGivenUpIsBroughtBack() {
        let scene = Self.scene()
        scene.apply("status", Self.status([(101, "running", 1), (0, "errored", 2)]))
        scene.draw()
        #expect(scene.picture.contains("errored"))
        pressing(":", scene)
        scene.type("drain 2")
        scene.press(.enter)
        #expect(
            scene.status.contains("worker 2 is errored: there is nothing to drain; :restart 2 brings it back")
        )
        pressing(":", scene)
        scene.type("restart 2")
        scene.press(.enter)
        #expect(scene.status.contains("start worker 2"))
        guard case .operate(let deed) = scene.press(.character("y")) else { return #expect(Bool(false)) }
        #expect(deed.kind == .restart && deed.number == 2 && deed.pid == 0)
    }

    @Test(arguments: [(120, 24), (80, 24), (40, 10), (30, 5)])
    func theQuestionIsSeenWhole(columns: Int, rows: Int) {
        let scene = Self.scene(columns: columns, rows: rows)
        scene.monitor.workerRows.chosen = 101
        pressing("R", scene)
        #expect(scene.picture.contains("restart worker 1"), "\(scene.picture)")
        #expect(scene.picture.contains("? y/N"), "\(scene.picture)")
    }

    @Test(arguments: [120, 80])
    func theLastLineNamesTheKeys(columns: Int) {
        let scene = Self.scene(columns: columns, rows: 80)
        for hint in ["D drain", "R restart", "L reload"] {
            #expect(scene.status.contains(hint), "\(scene.status)")
        }
        pressing("?", scene)
        #expect(scene.picture.contains("operating, behind a question"))
    }

    @Test func anOlderServerDoesNotSayWhichItIs() {
        let scene = Self.scene()
        scene.apply("status", Self.status([(101, "running", 0)]))
        pressing("R", scene)
        #expect(scene.status.contains("the server does not say which worker that is"))
    }

    @Test func whatWasAskedForRaisesNoAlarm() {
        let scene = Self.scene()
        let number = scene.model.asked("restart worker 1 (pid 101)", now: scene.now)
        scene.draw()
        #expect(!scene.picture.contains("! "))
        scene.model.answered(number, "done, 3 workers run", isDone: true, pid: 101)
        scene.draw()
        #expect(!scene.picture.contains("! ") && !scene.monitor.takeBell())
        pressing("i", scene)
        #expect(scene.picture.contains("restart worker 1 (pid 101): done, 3 workers run"))
    }
}
