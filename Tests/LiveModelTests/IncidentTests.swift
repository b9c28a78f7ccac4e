import Testing

@testable import LiveModel

/// What is made an incident of, from statuses one after the other.
@Suite struct IncidentTests {
    /// A server whose statuses come one a second.
    final class Server {
        let picture = Picture()
        var log: [String] = []
        var lost = 0
        var closed = 0
        var refused = 0
        var workers = [12, 13]
        var uptime = 100.0

        init() {
            picture.model.link = .live
            // The server's clock: an incident of a figure is of when the status came.
            picture.apply("frame", #"{"at":\#(picture.at)}"#)
        }

        func tell(_ more: (event: String, rest: String)...) {
            for line in more {
                log.append(
                    #"{"event":"\#(line.event)","time":"2026-11-20T16:00:\#(10 + log.count).500Z"\#(line.rest)}"#
                )
            }
            let rows = workers.map { #"{"pid":\#($0),"state":"running"}"# }
            picture.apply(
                "status",
                #"{"workers":[\#(rows.joined(separator: ","))],"uptime":\#(uptime),"#
                    + #""totals":{"lost":\#(lost),"closedViewers":\#(closed)},"#
                    + #""refused":{"origin":\#(refused),"1008":3},"log":[\#(log.suffix(24).joined(separator: ","))]}"#
            )
            uptime += 1
            picture.pass(milliseconds: 1_000)
        }

        var texts: [String] { picture.model.incidents.map(\.text) }
        var last: Incident? { picture.model.incidents.last }
    }

    static func exited(_ pid: Int, _ how: String, lost: Int = 0) -> (String, String) {
        ("worker_exited", #","worker":0,"worker_pid":\#(pid),"how":"\#(how)","events_lost":\#(lost)"#)
    }

    @Test func whatWasAskedForTellsWhatCameOfIt() {
        let server = Server()
        server.tell(("ready", ""))
        let number = server.picture.model.asked("restart worker 1 (pid 12)", now: server.picture.now)
        server.picture.model.answered(number, "done, 2 workers run", isDone: true, pid: 12)
        server.tell(("worker_stopping", #","worker":0,"worker_pid":12"#), Self.exited(12, "exit status 0"))
        #expect(server.texts.count == 1 && server.texts[0].contains("done, 2 workers run; 12 ended after "))
        let other = server.picture.model.asked("drain worker 2 (pid 13)", now: server.picture.now)
        server.picture.model.answered(other, "not done, it is so already", isDone: false, pid: 13)
        #expect(server.last?.isRefused == true && server.last?.kind == .request)
        server.tell(Self.exited(13, "signal 9 (Killed)"))
        #expect(server.texts.last == "worker 13 was killed by signal 9 (Killed)", "of its own")
    }

    @Test func aWorkerThatIsKilledAndReplaced() {
        let server = Server()
        server.tell(("ready", ""))
        server.tell(Self.exited(12, "signal 9 (Killed)", lost: 4))
        #expect(server.texts == ["worker 12 was killed by signal 9 (Killed), and 4 samples with it"])
        #expect(server.last?.isOpen == true && server.last?.kind == .worker && server.last?.isBefore == false)
        #expect(server.last?.clock == "16:00:11" && server.last?.atMilliseconds == 1_795_190_411_500)
        server.tell(
            ("worker_started", #","worker":0,"worker_pid":14"#),
            ("worker_ready", #","worker":0,"worker_pid":14,"capacity":9"#))
        #expect(server.texts.count == 1 && server.last?.isOpen == false)
        #expect(server.texts[0].hasSuffix("4 samples with it; 14 took its place after 2.0 s"))
        // The same lines again are no news.
        server.tell()
        #expect(server.texts.count == 1)
    }

    @Test func whatWasToldBeforeAnybodyLooked() {
        let server = Server()
        server.tell(("ready", ""), Self.exited(11, "signal 9 (Killed)"))
        #expect(server.texts.count == 1 && server.last?.isBefore == true && server.last?.isOpen == false)
        server.tell(Self.exited(12, "exit status 70"))
        #expect(server.texts.last == "worker 12 ended (exit status 70)" && server.last?.isBefore == false)
    }

    @Test func whoIsToldToStopIsNoIncident() {
        let server = Server()
        server.tell(("ready", ""))
        server.tell(("worker_stopping", #","worker":0,"worker_pid":12"#), Self.exited(12, "exit status 0"))
        #expect(server.texts.isEmpty)
        // But one that does not do so and is killed.
        server.tell(
            ("worker_stopping", #","worker":0,"worker_pid":13"#), Self.exited(13, "signal 9 (Killed)"))
        #expect(server.texts == ["worker 13 was killed by signal 9 (Killed)"])
    }

    @Test func whoDoesNotAnswerAndIsKilledIsOneIncident() {
        let server = Server()
        server.tell(("ready", ""))
        server.tell(("worker_unresponsive", #","worker":0,"worker_pid":12"#))
        #expect(server.texts == ["worker 12 does not answer"] && server.last?.isOpen == true)
        server.tell(Self.exited(12, "signal 9 (Killed)", lost: 1))
        #expect(
            server.texts
                == ["worker 12 does not answer, and was killed by signal 9 (Killed), and 1 sample with it"])
        server.tell(("worker_ready", #","worker":0,"worker_pid":14"#))
        #expect(server.last?.isOpen == false)
    }

    @Test func othersOfAWorker() {
        let server = Server()
        server.tell(("ready", ""))
        server.tell(
            ("worker_corrupt", #","worker":0,"worker_pid":12,"why":"a record of 7 bytes""#),
            ("worker_not_started", #","worker":0,"why":"posix_spawn: no memory""#))
        #expect(
            server.texts == [
                "worker 12 sent what is no record: a record of 7 bytes",
                "a worker could not be started: posix_spawn: no memory",
            ])
    }

    @Test func aServerWithoutALogIsTakenByItsWorkers() {
        let server = Server()
        server.tell()
        server.workers = [13, 14]
        server.tell()
        #expect(server.texts == ["worker 12 is gone"])
        server.tell()
        #expect(server.texts.count == 1)
    }

    @Test func moreLinesThanALogHolds() {
        let server = Server()
        server.tell(("ready", ""))
        for number in 0..<40 { server.log.append(#"{"event":"line\#(number)"}"#) }
        server.tell(Self.exited(12, "signal 9 (Killed)"))
        #expect(server.texts.count == 1)
    }

    @Test func samplesThatAreLost() {
        let server = Server()
        server.lost = 7
        server.tell(("ready", ""))
        #expect(server.texts.isEmpty)
        server.lost = 8
        server.tell()
        #expect(server.texts == ["1 sample was lost"] && server.last?.kind == .loss)
        server.lost = 20
        server.tell()
        #expect(server.texts == ["13 samples were lost"])
        // What a worker took with it is told there.
        server.lost = 24
        server.tell(Self.exited(12, "signal 9 (Killed)", lost: 4))
        #expect(server.texts.count == 2 && server.texts[0] == "13 samples were lost")
        for _ in 0..<12 { server.tell() }
        server.lost = 25
        server.tell()
        #expect(server.texts.last == "1 sample was lost")
    }

    @Test func viewersThatAreClosed() {
        let server = Server()
        server.tell(("ready", ""))
        server.closed = 2
        server.tell()
        #expect(server.texts == ["2 viewers were closed, having taken nothing for too long"])
        #expect(server.last?.kind == .viewers)
    }

    @Test func aSurgeOfRefusals() {
        let server = Server()
        server.refused = 5_000
        server.tell(("ready", ""))
        for _ in 0..<20 { server.tell() }
        server.refused += 12
        server.tell()
        #expect(server.texts.isEmpty)
        #expect(server.picture.model.lastRefusal("origin") != nil)
        #expect(server.picture.model.lastRefusal("1008") == nil)
        server.refused += 12
        server.tell()
        #expect(server.texts == ["far more is refused than usually: 12 times; most of them: origin"])
        #expect(server.last?.isOpen == true && server.last?.kind == .refusals)
        server.refused += 30
        server.tell()
        #expect(
            server.texts == ["far more is refused than usually: 42 times in 1 s; most of them: origin"])
        for _ in 0..<11 { server.tell() }
        #expect(server.texts.count == 1 && server.last?.isOpen == false)
    }

    @Test func whatIsAlwaysRefusedIsNoSurge() {
        let server = Server()
        server.tell(("ready", ""))
        for _ in 0..<100 {
            server.refused += 1
            server.tell()
        }
        for _ in 0..<20 {
            server.refused += 3
            server.tell()
        }
        #expect(server.texts.isEmpty)
    }

    @Test func anotherServerCountsFromNothing() {
        let server = Server()
        server.lost = 50
        server.refused = 900
        server.tell(("ready", ""))
        server.uptime = 1
        server.lost = 0
        server.refused = 0
        server.log = []
        server.tell(("ready", ""))
        server.lost = 3
        server.tell()
        #expect(server.texts == ["3 samples were lost"])
    }

    @Test func theConnectionIsLostAndComesBack() {
        let server = Server()
        server.tell(("ready", ""))
        let model = server.picture
        model.model.lostConnection(
            attempt: 1, ConnectionLoss(why: "ended the stream", retryNanoseconds: model.now + 2_500_000_000),
            now: model.now)
        #expect(server.texts == ["the server ended the stream"] && server.last?.isOpen == true)
        #expect(model.model.secondsToRetry(now: model.now) == 3)
        model.pass(milliseconds: 2_600)
        #expect(model.model.secondsToRetry(now: model.now) == 0)
        model.model.lostConnection(
            attempt: 2, ConnectionLoss(why: "cannot be reached", retryNanoseconds: .max), now: model.now)
        #expect(server.texts.count == 1 && model.model.connectionLoss?.why == "cannot be reached")
        model.pass(milliseconds: 3_000)
        model.model.connectionHeld(now: model.now)
        #expect(server.texts == ["the server ended the stream; back after 5 s"])
        #expect(server.last?.isOpen == false && model.model.connectionLoss == nil)
        model.model.connectionHeld(now: model.now)
        #expect(server.texts.count == 1)
    }

    @Test func aServerThatSaysNothing() {
        let server = Server()
        server.tell(("ready", ""))
        let picture = server.picture
        picture.pass(milliseconds: 1_500)
        picture.model.advance(now: picture.now)
        #expect(server.texts.isEmpty)
        picture.pass(milliseconds: 1_000)
        picture.model.advance(now: picture.now)
        #expect(server.texts == ["the server says nothing"] && server.last?.kind == .link)
        picture.pass(milliseconds: 9_000)
        picture.model.advance(now: picture.now)
        server.tell()
        picture.model.advance(now: picture.now)
        #expect(server.texts == ["the server said nothing for 12 s"] && server.last?.isOpen == false)
    }

    @Test func onlyTheNewestAreRemembered() {
        var memory = IncidentMemory()
        for number in 1...150 {
            #expect(memory.add(Incident(.loss, at: Int64(number), "\(number)")) == number)
        }
        #expect(memory.incidents.count == LiveModelLimits.incidents && memory.incidents[0].number == 51)
        memory.change(3) { $0.text = "no" }
        memory.change(nil) { $0.text = "no" }
        memory.change(51) { $0.text = "yes" }
        #expect(memory.incidents[0].text == "yes" && !memory.incidents.contains { $0.text == "no" })
    }

    @Test func wordsOfALine() {
        let words = LogWords(#"worker_exited worker=1 how="signal 9 (Killed)" why= xworker=5 worker_pid=12"#)
        #expect(words.event == "worker_exited" && words.number("worker") == 1)
        #expect(words.text("how") == "signal 9 (Killed)" && words.number("worker_pid") == 12)
        #expect(words.text("why") == "" && words.text("none") == "" && words.number("how") == nil)
        #expect(LogWords("").event == "" && LogWords(#"a b="c"#).text("b") == "c")
    }

    @Test func timesOfLogs() {
        let times: [(String, Int64?)] = [
            ("1970-01-01T00:00:00.000Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999),
            ("2026-11-20T16:00:11.500Z", 1_795_190_411_500), ("2026-11-20T16:00:11Z", 1_795_190_411_000),
            ("1969-12-31T00:00:00Z", nil), ("2026-13-01T00:00:00Z", nil), ("2026-11-20 16:00:11Z", nil),
            ("", nil), ("2026-11-2éT16:00:11Z", nil),
        ]
        for (text, milliseconds) in times { #expect(EpochTime.milliseconds(ofText: text) == milliseconds) }
        #expect(EpochTime.clock(951_868_799_999) == "23:59:59" && EpochTime.clock(-5) == "00:00:00")
    }

    @Test func reasonsAreSaidInWords() {
        #expect(RefusalWords.words(for: "1007") == "not UTF-8 or not JSON (1007)")
        #expect(RefusalWords.words(for: "idle_timeout") == "idle timeout")
        #expect(RefusalWords.words(for: "post_media_type") == "post: media type")
        #expect(TotalWords.words(for: "refusedMessages") == "messages refused")
        #expect(TotalWords.words(for: "lost") == "lost" && TotalWords.words(for: "a.b_c") == "a b c")
    }
}
