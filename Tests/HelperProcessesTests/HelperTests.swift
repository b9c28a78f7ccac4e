import ByteCore
import Glibc
import PasswordHashing
import PosixIO
import StateDirectory
import Telemetry
import TestSupport
import Testing

@testable import HelperProcesses

struct HelperTests {
    private final class Notes {
        var started: [Int32] = []
        var ended: [Int32] = []
        var killed = 0

        func take(_ note: HelperNote) {
            switch note {
            case .started(let pid): started.append(pid)
            case .ended(let pid, _, _): ended.append(pid)
            case .killed: killed += 1
            case .notStarted(let error, _): Issue.record("not started: \(error.text)")
            case .said(_, let line): Issue.record("it said: \(line.text)")
            }
        }
    }

    private let notes = Notes()
    private let loop: Loop

    init() throws { loop = try Loop() }

    private func hashHelper() throws -> HashHelper {
        let notes = notes
        return try HashHelper(executable: loop.executable, role: "@hash", tokenKind: Loop.kind) {
            notes.take($0)
        }
    }

    private func keepHelper(_ directory: borrowing StateDirectory) throws -> KeepHelper {
        let notes = notes
        return try KeepHelper(
            executable: loop.executable, role: "@keep", directory: directory, tokenKind: Loop.kind
        ) { notes.take($0) }
    }

    private func answers(_ helper: HashHelper, count: Int) throws -> [HashAnswer] {
        var all: [HashAnswer] = []
        try loop.run {
            helper.tick(now: loop.now, poller: loop.poller)
            return helper.nextDeadline
        } _: { event in
            all += helper.handle(event, now: loop.now, poller: loop.poller)
            return all.count >= count
        }
        return all
    }

    private func request(
        _ kind: HashRequest.Kind, _ id: UInt64, _ password: String, _ text: [UInt8]
    ) throws -> HashRequest {
        try #require(HashRequest(kind, id: id, password: Array(password.utf8), text: text))
    }

    @Test func passwordsAreHashedAndCompared() throws {
        let helper = try hashHelper()
        let made = try request(.make, 1, "correct horse battery", [UInt8](1...16))
        #expect(helper.submit(made, from: nil, now: loop.now, poller: loop.poller) == .accepted)
        let first = try #require(try answers(helper, count: 1).first)
        guard case .made(let text) = first.outcome, first.id == 1 else {
            Issue.record("\(first)")
            return
        }
        for (id, password) in [(2, "correct horse battery"), (3, "incorrect horse"), (4, "")]
            as [(UInt64, String)]
        {
            let compared = try request(.compare, id, password, text)
            #expect(helper.submit(compared, from: nil, now: loop.now, poller: loop.poller) == .accepted)
        }
        #expect(
            try answers(helper, count: 3) == [
                HashAnswer(id: 2, .matches), HashAnswer(id: 3, .differs), HashAnswer(id: 4, .differs),
            ])
        #expect(notes.started.count == 1 && notes.ended.isEmpty && helper.count == 0)
        helper.stop(poller: loop.poller)
    }

    @Test func aHelperThatDiesFailsWhoWaitsAndIsReplaced() throws {
        let helper = try hashHelper()
        let text = Array("$argon2id$v=19$m=65536,t=10,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA".utf8)
        for id: UInt64 in 1...3 {
            let compared = try request(.compare, id, "some password", text)
            #expect(helper.submit(compared, from: nil, now: loop.now, poller: loop.poller) == .accepted)
        }
        kill(try #require(helper.pid), SIGKILL)
        #expect(try answers(helper, count: 3) == (1...3).map { HashAnswer(id: $0, .failed) })
        #expect(notes.ended == notes.started)
        // Until the next one may be started nobody is taken.
        let late = try request(.compare, 4, "some password", text)
        #expect(
            helper.submit(late, from: nil, now: loop.now, poller: loop.poller) == .full(retryAfterSeconds: 1))
        let made = try request(.make, 5, "some password", [UInt8](1...16))
        let afterwards = loop.now + 150_000_000
        #expect(helper.submit(made, from: nil, now: afterwards, poller: loop.poller) == .accepted)
        #expect(try answers(helper, count: 1).first?.id == 5)
        #expect(notes.started.count == 2)
        helper.stop(poller: loop.poller)
    }

    @Test func aHelperThatHangsIsEnded() throws {
        let helper = try hashHelper()
        helper.prepare(now: loop.now, poller: loop.poller)
        let pid = try #require(helper.pid)
        kill(pid, SIGSTOP)
        let made = try request(.make, 1, "some password", [UInt8](1...16))
        let now = loop.now
        #expect(helper.submit(made, from: nil, now: now, poller: loop.poller) == .accepted)
        #expect(helper.nextDeadline == now + Limits.hashPatience)
        helper.tick(now: now + Limits.hashPatience, poller: loop.poller)
        var failed: [HashAnswer] = []
        try loop.run {
            nil
        } _: { event in
            failed += helper.handle(event, now: loop.now, poller: loop.poller)
            return !failed.isEmpty
        }
        #expect(failed == [HashAnswer(id: 1, .failed)] && notes.killed == 1 && notes.ended == [pid])
        helper.stop(poller: loop.poller)
    }

    @Test func whoHasGoneIsNotWorkedFor() throws {
        let helper = try hashHelper()
        for id: UInt64 in 1...3 {
            let made = try request(.make, id, "some password", [UInt8](1...16))
            #expect(helper.submit(made, from: nil, now: loop.now, poller: loop.poller) == .accepted)
        }
        helper.cancel(2)
        #expect(try answers(helper, count: 2).map(\.id) == [1, 3])
        // Nothing is left of it: its number may be used again.
        let again = try request(.make, 2, "some password", [UInt8](1...16))
        #expect(helper.submit(again, from: nil, now: loop.now, poller: loop.poller) == .accepted)
        #expect(try answers(helper, count: 1).map(\.id) == [2])
        helper.stop(poller: loop.poller)
    }

    @Test func filesAreKept() throws {
        let place = TemporaryDirectory()
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        let keeper = try keepHelper(directory)
        func kept(_ count: Int) throws -> [KeepHelper.Kept] {
            var all: [KeepHelper.Kept] = []
            try loop.run {
                keeper.tick(now: loop.now, poller: loop.poller)
                return keeper.nextDeadline
            } _: { event in
                all += keeper.handle(event, now: loop.now, poller: loop.poller)
                return all.count >= count
            }
            return all
        }
        let large = [UInt8](repeating: 7, count: 3 << 20)
        keeper.write(large, to: .admins, replacing: nil, now: loop.now, poller: loop.poller)
        let stamp = try #require(try kept(1).first)
        #expect(try directory.read(.admins)?.bytes == large)
        #expect(stamp.outcome == .done(directory.stamp(of: .admins)) && keeper.isIdle)
        // Somebody else's change is not written over.
        let other = try directory.write([1], to: .admins)
        keeper.write([2], to: .admins, replacing: nil, now: loop.now, poller: loop.poller)
        #expect(try kept(1) == [.init(file: .admins, outcome: .changedMeanwhile)])
        #expect(try directory.read(.admins)?.bytes == [1])
        // Of what waits for one file the newest is written.
        keeper.write([3], to: .admins, replacing: other, now: loop.now, poller: loop.poller)
        keeper.write([4], to: .tokens, replacing: nil, now: loop.now, poller: loop.poller)
        keeper.write([5], to: .tokens, replacing: nil, now: loop.now, poller: loop.poller)
        #expect(try kept(2).map(\.file) == [.admins, .tokens])
        #expect(try directory.read(.tokens)?.bytes == [5])
        keeper.remove(.tokens, now: loop.now, poller: loop.poller)
        #expect(try kept(1) == [.init(file: .tokens, outcome: .done(nil))])
        #expect(try directory.read(.tokens) == nil)
        // Of one that dies nobody knows what it did; what waits the next one does.
        let pid = try #require(keeper.pid)
        kill(pid, SIGSTOP)
        keeper.write([6], to: .tokens, replacing: nil, now: loop.now, poller: loop.poller)
        keeper.write([7], to: .key, replacing: nil, now: loop.now, poller: loop.poller)
        kill(pid, SIGKILL)
        let last = try kept(2)
        #expect(last.first == .init(file: .tokens, outcome: .changedMeanwhile) && last.last?.file == .key)
        #expect(try directory.read(.key)?.bytes == [7])
        #expect(notes.started.count == 2 && notes.ended == [pid])
        keeper.stop(poller: loop.poller)
    }

    @Test func theEndWaitsForWhatIsWished() throws {
        let place = TemporaryDirectory()
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        let keeper = try keepHelper(directory)
        // More than a socket takes at once, and one that waits behind it.
        let large = [UInt8](repeating: 7, count: 3 << 20)
        keeper.write(large, to: .sessions, replacing: nil, now: loop.now, poller: loop.poller)
        keeper.write([4], to: .tokens, replacing: nil, now: loop.now, poller: loop.poller)
        let kept = keeper.finish(by: MonotonicClock.now() + 60_000_000_000, poller: loop.poller)
        #expect(kept.map(\.file) == [.sessions, .tokens] && keeper.isIdle)
        #expect(try directory.read(.sessions)?.bytes == large)
        #expect(try directory.read(.tokens)?.bytes == [4])
        // One that does not answer is waited for no longer than was said.
        let pid = try #require(keeper.pid)
        kill(pid, SIGSTOP)
        keeper.write([5], to: .key, replacing: nil, now: loop.now, poller: loop.poller)
        let deadline = MonotonicClock.now() + 30_000_000
        #expect(keeper.finish(by: deadline, poller: loop.poller).isEmpty && !keeper.isIdle)
        #expect(MonotonicClock.now() >= deadline)
        kill(pid, SIGKILL)
        keeper.stop(poller: loop.poller)
    }
}
