import Glibc
import PosixIO
import TestSupport
import Testing

@testable import StateDirectory

struct StateDirectoryTests {
    private let place = TemporaryDirectory()

    private func problem(_ body: () throws -> Void) -> StateFault.Problem? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StateFault)?.problem
        }
    }

    private func opening(_ name: String, isMade: Bool = false) -> StateFault.Problem? {
        problem { _ = try StateDirectory.opening(place[name], isMade: isMade) }
    }

    @Test(arguments: [0, 0o022, 0o777] as [mode_t])
    func aDirectoryIsMadeForItsOwnerAlone(umask: mode_t) {
        #expect(opening("a/b/c") == .missing)
        #expect(withUmask(umask) { opening("a/b/c", isMade: true) } == nil)
        #expect(opening("a/b/c", isMade: true) == nil && opening("a/b/c/") == nil)
        for name in ["a", "a/b", "a/b/c"] {
            var status = stat()
            #expect(stat(place[name], &status) == 0 && status.st_mode & 0o777 == 0o700)
        }
    }

    @Test func whatOthersCouldUseIsRefused() throws {
        for mode: mode_t in [0o750, 0o705, 0o710, 0o701, 0o720, 0o777] {
            mkdir(place["open"], 0o700)
            chmod(place["open"], mode)
            guard case .openToOthers = opening("open", isMade: true) else {
                Issue.record("\(String(mode, radix: 8)) is taken")
                continue
            }
        }
        chmod(place["open"], 0o700)
        #expect(opening("open") == nil)
        symlink(place["open"], place["link"])
        #expect(opening("link") == .symbolicLink && opening("link/") == .symbolicLink)
        #expect(opening("link", isMade: true) == .symbolicLink)
        place.put("", in: "file")
        #expect(opening("file", isMade: true) == .notDirectory)
        #expect(opening("file/x", isMade: true) != nil)
        guard geteuid() == 0 else { return }
        chown(place["open"], 65_534, 65_534)
        #expect(opening("open") == .otherOwner(65_534))
    }

    @Test func aFaultSaysTheMendInOneLine() throws {
        mkdir(place["a b"], 0o755)
        let fault = #expect(throws: StateFault.self) {
            _ = try StateDirectory.opening(place["a b"], isMade: false)
        }
        #expect(
            fault?.text
                == "\(place["a b"]): other users may read or write it (mode 755); chmod 700 '\(place["a b"])'"
        )
    }

    @Test func filesAreWrittenWholeAndReadBack() throws {
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        #expect(try directory.read(.admins) == nil && directory.stamp(of: .admins) == nil)
        var stamps: [FileStamp] = []
        for text in ["", "one", String(repeating: "x", count: 100_000)] {
            let bytes = Array(text.utf8)
            let stamp = try directory.write(bytes, to: .admins)
            let stored = try #require(try directory.read(.admins))
            #expect(stored.bytes == bytes && stored.stamp == stamp && directory.stamp(of: .admins) == stamp)
            #expect(!stamps.contains(stamp))
            stamps.append(stamp)
        }
        var status = stat()
        #expect(stat(place["s/admins"], &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(place.names(in: "s") == ["admins"])
        // One that somebody left who was killed in the middle is no obstacle, nor is what it leads to.
        place.put("precious", in: "precious")
        symlink(place["precious"], place["s/.admins.new"])
        _ = try directory.write([1], to: .admins)
        #expect(try directory.read(.admins)?.bytes == [1])
        let precious = try readWholeFile(place["precious"], limit: 100)
        #expect(precious == "precious")
        try directory.remove(.admins)
        try directory.remove(.admins)
        #expect(try directory.read(.admins) == nil)
    }

    @Test func filesThatOthersCouldHaveMadeAreRefused() throws {
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        func reading() -> StateFault.Problem? { problem { _ = try directory.read(.tokens) } }
        place.put("x", in: "s/tokens", mode: 0o640)
        guard case .openToOthers = reading() else {
            Issue.record("mode 640 is read")
            return
        }
        unlink(place["s/tokens"])
        place.put("x", in: "elsewhere")
        symlink(place["elsewhere"], place["s/tokens"])
        #expect(reading() == .symbolicLink)
        unlink(place["s/tokens"])
        mkfifo(place["s/tokens"], 0o600)
        #expect(reading() == .notFile)
        unlink(place["s/tokens"])
        mkdir(place["s/tokens"], 0o700)
        #expect(reading() == .notFile)
        // What it is in the way of is not written, and left alone.
        #expect(problem { _ = try directory.write([1], to: .tokens) } != nil)
        rmdir(place["s/tokens"])
        place.put(String(repeating: "x", count: 1_025), in: "s/key")
        #expect(problem { _ = try directory.read(.key) } == .tooLarge(limit: 1_024))
        place.put(String(repeating: "x", count: 1_024), in: "s/key")
        #expect(try directory.read(.key)?.bytes.count == 1_024)
    }

    @Test func oneServerRunsOnIt() throws {
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        let other = try StateDirectory.opening(place["s"], isMade: false)
        let lock = try directory.lockForServer()
        #expect(problem { _ = try other.lockForServer() } == .inUse(pid: getpid()))
        // Commands change files all the same.
        #expect(try other.changing { _ throws(StateFault) in 7 } == 7)
        lock.release()
        let again = try other.lockForServer()
        again.release()
        unlink(place["s/lock"])
        symlink(place["elsewhere"], place["s/lock"])
        #expect(problem { _ = try directory.lockForServer() } == .symbolicLink)
    }

    @Test func theLockOfChangesIsGivenBackAfterAFailure() throws {
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        #expect(throws: StateFault.self) {
            try directory.changing { _ throws(StateFault) in throw StateFault("x", .busy) }
        }
        #expect(try directory.changing { _ throws(StateFault) in true })
    }

    @Test func changesOfOthersAreSeen() throws {
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        let other = try StateDirectory.opening(place["s"], isMade: false)
        let stamp = try directory.write([1], to: .admins)
        var watch = StateWatch([.admins, .tokens], now: 0)
        watch.knows(stamp, of: .admins)
        #expect(watch.look(at: directory, now: 0) == [])
        try other.write([2], to: .admins)
        try other.write([3], to: .tokens)
        // Not before it is time.
        #expect(watch.look(at: directory, now: StateWatch.interval - 1) == [])
        #expect(
            watch.look(at: directory, now: StateWatch.interval) == [.changed(.admins), .changed(.tokens)])
        #expect(watch.nextDeadline == 2 * StateWatch.interval)
        try other.remove(.tokens)
        #expect(watch.look(at: directory, now: 2 * StateWatch.interval) == [.changed(.tokens)])
        watch.knows(try other.write([4], to: .admins), of: .admins)
        #expect(watch.look(at: directory, now: 3 * StateWatch.interval) == [])
    }

    @Test func aDirectoryThatBecomesUnsafeIsToldOnce() throws {
        let directory = try StateDirectory.opening(place["s"], isMade: true)
        var watch = StateWatch([.admins], now: 0)
        #expect(watch.look(at: directory, now: 0) == [])
        chmod(place["s"], 0o755)
        guard case .fault(let fault) = watch.look(at: directory, now: 1 << 40).first else {
            Issue.record("mode 755 is not seen")
            return
        }
        #expect(fault.text.contains("chmod 700"))
        #expect(watch.look(at: directory, now: 1 << 41) == [])
        chmod(place["s"], 0o700)
        #expect(watch.look(at: directory, now: 1 << 42) == [.mended])
        rename(place["s"], place["gone"])
        mkdir(place["s"], 0o700)
        #expect(watch.look(at: directory, now: 1 << 43) == [.fault(StateFault(place["s"], .missing))])
    }

    @Test func recordsAreAsDrawn() throws {
        let stamp = FileStamp(inode: 1, byteCount: 2, modified: 3, changed: -1)
        let record = KeepRecord(.write, .tokens, number: 7, replaced: stamp, byteCount: 5)
        let stampBytes: [UInt8] =
            [1, 0, 0, 0, 0, 0, 0, 0] + [2, 0, 0, 0, 0, 0, 0, 0] + [3, 0, 0, 0, 0, 0, 0, 0]
            + [UInt8](repeating: 255, count: 8)
        let expected: [UInt8] = [1, 0, 1, 2] + [5, 0, 0, 0] + [7, 0, 0, 0, 0, 0, 0, 0] + stampBytes
        #expect(record.encoded() == expected && KeepRecord(expected) == record)
        let removal = KeepRecord(.remove, .invite, number: 8, replaced: nil, byteCount: 0)
        #expect(KeepRecord(removal.encoded()) == removal)
        for (offset, value) in [(0, UInt8(2)), (2, 0), (2, 3), (3, 0), (3, 9), (7, 1)] {
            var changed = expected
            changed[offset] = value
            #expect(KeepRecord(changed) == nil, "\(offset) \(value)")
        }
        let answers: [(KeepAnswer.Outcome, [UInt8])] = [
            (.done(stamp), [1, 0, 0, 0, 0, 0]), (.done(nil), [1, 0, 0, 0, 0, 0]),
            (.changedMeanwhile, [2, 0, 0, 0, 0, 0]), (.failed(ENOSPC), [3, 0, 28, 0, 0, 0]),
        ]
        for (outcome, head) in answers {
            let tail = outcome == .done(stamp) ? stampBytes : [UInt8](repeating: 0, count: 32)
            let bytes: [UInt8] = [1, 0] + head + [7, 0, 0, 0, 0, 0, 0, 0] + tail
            #expect(KeepAnswer(number: 7, outcome).encoded() == bytes)
            #expect(KeepAnswer(bytes) == KeepAnswer(number: 7, outcome))
            for count in 0..<bytes.count { #expect(KeepAnswer(Array(bytes[..<count])) == nil) }
        }
    }
}
