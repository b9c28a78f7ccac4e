import ByteCore
import ControlWire
import LiveModel
import TerminalGraph
import Testing

@testable import MonitorClient

/// A talk, and all that came of what it received.
private final class Talking {
    private var talk = OperatorTalk()
    private(set) var steps: [OperatorTalk.Step] = []

    func begin(_ deed: OperatorDeed) -> ControlRequest? { talk.begin(deed) }

    var pending: OperatorDeed? { talk.pending }

    func hear(_ text: String, pieces: Int) {
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { talk.received($0) }
            take()
        }
    }

    func end() { steps.append(talk.ended()) }

    private func take() {
        while true {
            let step = talk.next()
            guard step != .nothing else { return }
            steps.append(step)
        }
    }
}

@Suite(.serialized) struct OperatorTalkTests {
    private static func worker(_ number: Int, pid: Int32) -> WorkerStatus {
        var worker = WorkerStatus()
        worker.number = number
        worker.pid = pid
        return worker
    }

    private static let greeting = #"{"pointerscope":1,"version":"0.1.0","pid":7}"# + "\n"
    private static let done = #"{"done":true}"# + "\n"
    private static func known(_ number: Int, _ pids: Int...) -> String {
        pids.map { #"{"worker":{"worker":\#(number),"pid":\#($0),"state":"running"}}"# + "\n" }.joined()
            + done
    }

    private static let restart = OperatorDeed(.restart, worker(2, pid: 42))

    @Test(arguments: [1, 3, 4096])
    func aPlaceIsLookedAtBeforeItIsChanged(pieces: Int) {
        let talking = Talking()
        #expect(talking.begin(Self.restart) == .info(2))
        #expect(talking.begin(Self.restart) == nil, "one at a time")
        talking.hear(Self.greeting + Self.known(2, 41, 42), pieces: pieces)
        #expect(talking.steps == [.send(.restart(2))])
        talking.hear(#"{"note":"restart 2: done, 2 workers run"}"# + "\n" + Self.done, pieces: pieces)
        #expect(
            talking.steps.last
                == .told(OperatorOutcome(deed: Self.restart, isDone: true, words: "done, 2 workers run")))
        #expect(talking.pending == nil && talking.begin(Self.restart) == .info(2))
    }

    @Test(arguments: [1, 4096])
    func anotherProcessIsLeftAlone(pieces: Int) {
        let talking = Talking()
        _ = talking.begin(Self.restart)
        talking.hear(Self.greeting + Self.known(2, 43), pieces: pieces)
        #expect(
            talking.steps == [
                .told(
                    OperatorOutcome(
                        deed: Self.restart, isDone: false, words: "not done, it is gone meanwhile"))
            ])
        // Started again by somebody else.
        let start = OperatorDeed(.restart, Self.worker(3, pid: 0))
        #expect(talking.begin(start) == .info(3))
        talking.hear(Self.known(3, 44), pieces: pieces)
        #expect(
            talking.steps.last
                == .told(
                    OperatorOutcome(
                        deed: start, isDone: false, words: "not done, a process runs there meanwhile")))
    }

    @Test func oneThatStandsStillIsStarted() {
        let talking = Talking()
        #expect(talking.begin(OperatorDeed(.restart, Self.worker(3, pid: 0))) == .info(3))
        talking.hear(Self.known(3, 0), pieces: 4096)
        #expect(talking.steps == [.send(.restart(3))])
    }

    @Test func refusalsAreToldInTheServersWords() {
        let talking = Talking()
        let reload = OperatorDeed(reloading: [])
        #expect(talking.begin(reload) == .reload)
        talking.hear(
            Self.greeting + #"{"error":"2 workers of before still drain within 10 s","status":75}"# + "\n",
            pieces: 4096)
        #expect(
            talking.steps == [
                .told(
                    OperatorOutcome(
                        deed: reload, isDone: false,
                        words: "not done, 2 workers of before still drain within 10 s"))
            ])
        let drain = OperatorDeed(.drain, Self.worker(9, pid: 1))
        #expect(talking.begin(drain) == .info(9))
        talking.hear(#"{"error":"there is no worker 9","status":67}"# + "\n", pieces: 4096)
        #expect(
            talking.steps.last
                == .told(OperatorOutcome(deed: drain, isDone: false, words: "not done, there is no worker 9"))
        )
    }

    @Test func whoAnswersNonsenseOrNothingDidNothing() {
        for (text, words) in [
            ("hello\n", "it said what is no answer"),
            (String(repeating: "x", count: ControlLimits.answerBytes + 1), "its answer has no end"),
        ] {
            let talking = Talking()
            _ = talking.begin(Self.restart)
            talking.hear(text, pieces: 65_536)
            #expect(
                talking.steps == [.told(OperatorOutcome(deed: Self.restart, isDone: false, words: words))])
        }
        let talking = Talking()
        talking.end()
        #expect(talking.steps == [.nothing])
        _ = talking.begin(Self.restart)
        talking.end()
        #expect(
            talking.steps.last
                == .told(
                    OperatorOutcome(
                        deed: Self.restart, isDone: false, words: "the server does not answer any more")))
    }

    @Test func notesThatNameNothingStayWhole() {
        let talking = Talking()
        let drain = OperatorDeed(.drain, Self.worker(1, pid: 5))
        _ = talking.begin(drain)
        talking.hear(
            Self.known(1, 5) + #"{"note":"worker 1 gets no more connections"}"# + "\n"
                + #"{"note":"no worker runs now"}"# + "\n" + Self.done, pieces: 4096)
        #expect(
            talking.steps.last
                == .told(
                    OperatorOutcome(
                        deed: drain, isDone: true,
                        words: "worker 1 gets no more connections; no worker runs now")))
    }
}
