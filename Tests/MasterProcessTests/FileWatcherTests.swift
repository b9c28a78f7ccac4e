import Glibc
import PosixIO
import TestSupport
import Testing

@testable import MasterProcess

/// What people and programs do to files, and what the server makes of it; by a clock that is given in.
@Suite struct FileWatcherTests {
    private static let quiet = MasterLimits.watchQuietNanoseconds

    /// A program, a configuration and a watcher of both.
    private final class Bench {
        let folder = TemporaryDirectory()
        let poller: Poller
        var watcher: FileWatcher!
        var places = WatchedPlaces()
        var now: Int64 = 1
        /// Whether the system gives nobody any notices.
        var isAtLimit = false

        /// Makes both, and watches the configuration as the paths say, which are below the folder.
        init(program: String = "app", _ files: [String] = ["conf"], folders: [String] = []) throws {
            poller = try Poller()
            if !program.contains("/") { folder.put("#!program", in: program, mode: 0o700) }
            for file in files where !file.contains("/") { folder.put("workers = 1\n", in: file) }
            places = WatchedPlaces(files: files.map { folder[$0] }, folders: folders.map { folder[$0] })
        }

        func begin(program: String = "app") throws {
            let running = try Descriptor.opening(folder[program], flags: O_RDONLY)
            watcher = FileWatcher(
                program: folder[program], running: running, places: { [unowned self] in places }, kind: 1,
                poller, now: now
            ) { [unowned self] () throws(SystemError) in
                if isAtLimit { throw SystemError("inotify_init1", code: EMFILE) }
                return try FileNotices()
            }
        }

        /// What is due once nothing was heard for `quiet`; names are those below the folder.
        func changes(after quiet: Int64 = FileWatcherTests.quiet) -> [String]? {
            watcher.heard(poller, now: now)
            now += quiet
            watcher.heard(poller, now: now)
            guard watcher.isDue(poller, now: now) else { return nil }
            let files = watcher.changes().map { String($0.dropFirst(folder.path.utf8.count + 1)) }
            if !files.isEmpty {
                _ = watcher.reading()
                watcher.follow(poller, now: now)
            }
            return files
        }

        func link(_ name: String, to target: String) {
            let fresh = folder["fresh-link"]
            #expect(symlink(target, fresh) == 0 && rename(fresh, folder[name]) == 0)
        }

        func move(_ name: String, to other: String) { #expect(rename(folder[name], folder[other]) == 0) }
    }

    private func bench() throws -> Bench {
        let bench = try Bench()
        try bench.begin()
        #expect(bench.changes() == nil)
        return bench
    }

    @Test func anEditorWritesInItsOwnWays() throws {
        let bench = try bench()
        bench.folder.put("workers = 2\n", in: "conf")
        #expect(bench.changes() == ["conf"])
        // Another file that is renamed over it, with a name of its own for a moment.
        bench.folder.put("", in: "4913")
        unlink(bench.folder["4913"])
        bench.folder.put("workers = 3\n", in: "conf.new")
        bench.move("conf.new", to: "conf")
        #expect(bench.changes() == ["conf"])
        // A copy is kept under another name, and a new file takes the place.
        bench.move("conf", to: "conf~")
        bench.folder.put("workers = 4\n", in: "conf")
        #expect(bench.changes() == ["conf"])
        #expect(bench.changes() == nil)
    }

    @Test func theSameAgainIsNoChange() throws {
        let bench = try bench()
        bench.folder.put("workers = 1\n", in: "conf.new")
        bench.move("conf.new", to: "conf")
        #expect(bench.changes() == [])
        // Neither is another name of the program.
        #expect(link(bench.folder["app"], bench.folder["app.old"]) == 0)
        #expect(bench.changes() == [])
        // What lies beside it is not even looked at.
        bench.folder.put("x", in: "log")
        unlink(bench.folder["log"])
        #expect(bench.changes() == nil)
    }

    @Test func manyChangesAreOne() throws {
        let bench = try bench()
        for step in 0..<20 {
            bench.folder.put("workers = \(step)\n", in: "conf")
            bench.folder.put("#!program \(step)", in: "app", mode: 0o700)
            #expect(bench.changes(after: Self.quiet / 4) == nil)
        }
        #expect(bench.changes() == ["app", "conf"])
        #expect(bench.changes(after: 100 * Self.quiet) == nil)
    }

    @Test func aHalfWrittenProgramIsWaitedFor() throws {
        let bench = try bench()
        // A build removes it, and writes it anew in steps.
        unlink(bench.folder["app"])
        let file = open(bench.folder["app"], O_WRONLY | O_CREAT | O_CLOEXEC, 0o700)
        for _ in 0..<5 {
            #expect(write(file, "part", 4) == 4)
            #expect(bench.changes(after: 2 * Self.quiet) == nil)
        }
        close(file)
        #expect(bench.changes() == ["app"])
        // Rights that come later are a change, too.
        chmod(bench.folder["app"], 0o755)
        #expect(bench.changes() == ["app"])
    }

    @Test func whatTheProgramIsNotAnyMoreIsAChangeFromTheStart() throws {
        let bench = try Bench()
        let running = try Descriptor.opening(bench.folder["app"], flags: O_RDONLY)
        bench.folder.put("#!another", in: "app.new", mode: 0o700)
        bench.move("app.new", to: "app")
        bench.watcher = FileWatcher(
            program: bench.folder["app"], running: running, places: { [unowned bench] in bench.places },
            kind: 1,
            bench.poller, now: bench.now)
        #expect(bench.watcher.hasMissed())
        #expect(bench.changes() == ["app"])
        #expect(!bench.watcher.hasMissed())
    }

    @Test func filesOfAFolderComeAndGo() throws {
        let bench = try Bench(["conf"], folders: ["", "conf.d"])
        mkdir(bench.folder["conf.d"], 0o700)
        try bench.begin()
        bench.folder.put("fps = 5\n", in: "conf.d/a.conf")
        bench.places.files.append(bench.folder["conf.d/a.conf"])
        #expect(bench.changes() == ["conf.d/a.conf"])
        bench.folder.put("fps = 6\n", in: "conf.d/a.conf")
        #expect(bench.changes() == ["conf.d/a.conf"])
        unlink(bench.folder["conf.d/a.conf"])
        bench.places.files.removeLast()
        #expect(bench.changes() == ["conf.d/a.conf"])
        // The whole folder goes, and comes back with another one.
        bench.move("conf.d", to: "away")
        #expect(bench.changes() == [])
        mkdir(bench.folder["conf.d"], 0o700)
        bench.folder.put("fps = 7\n", in: "conf.d/b.conf")
        bench.places.files.append(bench.folder["conf.d/b.conf"])
        #expect(bench.changes() == ["conf.d/b.conf"])
        bench.folder.put("fps = 8\n", in: "conf.d/b.conf")
        #expect(bench.changes() == ["conf.d/b.conf"])
    }

    @Test func aFolderVanishesAndComesBack() throws {
        let bench = try Bench(["etc/site/conf"])
        for name in ["etc", "etc/site"] { mkdir(bench.folder[name], 0o700) }
        bench.folder.put("fps = 5\n", in: "etc/site/conf")
        try bench.begin()
        bench.move("etc", to: "gone")
        #expect(bench.changes() == ["etc/site/conf"])
        bench.folder.put("fps = 6\n", in: "gone/site/conf")
        #expect(bench.changes() == nil)
        mkdir(bench.folder["etc"], 0o700)
        #expect(bench.changes() == [])
        mkdir(bench.folder["etc/site"], 0o700)
        bench.folder.put("fps = 6\n", in: "etc/site/conf")
        #expect(bench.changes() == ["etc/site/conf"])
        bench.folder.put("fps = 7\n", in: "etc/site/conf")
        #expect(bench.changes() == ["etc/site/conf"])
    }

    @Test func linksAreSwitched() throws {
        let bench = try Bench(program: "current/app", ["mounted/conf"])
        for name in ["one", "two", "mounted", "mounted/..1", "mounted/..2"] {
            mkdir(bench.folder[name], 0o700)
        }
        for (number, name) in [(1, "one"), (2, "two")] {
            bench.folder.put("#!\(name)", in: "\(name)/app", mode: 0o700)
            bench.folder.put("fps = \(number)\n", in: "mounted/..\(number)/conf")
        }
        bench.link("current", to: "one")
        bench.link("mounted/..data", to: "..1")
        bench.link("mounted/conf", to: "..data/conf")
        try bench.begin(program: "current/app")
        // A deployment's link to the release that holds.
        bench.link("current", to: bench.folder["two"])
        #expect(bench.changes() == ["current/app"])
        // As Kubernetes brings another writing of a mounted configuration.
        bench.link("mounted/..data", to: "..2")
        #expect(bench.changes() == ["mounted/conf"])
        // What holds no more may change as it likes.
        bench.folder.put("fps = 9\n", in: "mounted/..1/conf")
        bench.folder.put("#!again", in: "one/app")
        #expect(bench.changes() == nil)
        bench.folder.put("fps = 9\n", in: "mounted/..2/conf")
        #expect(bench.changes() == ["mounted/conf"])
        bench.link("mounted/..data", to: "nowhere")
        #expect(bench.changes() == ["mounted/conf"])
    }

    @Test func whatTheConfigurationNamesIsWatchedAsSoonAsItDoes() throws {
        let bench = try bench()
        for name in ["key", "other"] { bench.folder.put("secret", in: name) }
        bench.folder.put("jwt-key = key\n", in: "conf")
        bench.watcher.heard(bench.poller, now: bench.now)
        bench.now += Self.quiet
        #expect(bench.watcher.isDue(bench.poller, now: bench.now) && bench.watcher.changes().count == 1)
        _ = bench.watcher.reading()
        bench.places.named = [bench.folder["key"]]
        bench.watcher.follow(bench.poller, now: bench.now)
        #expect(bench.changes() == nil && !bench.watcher.hasMissed())
        bench.folder.put("another", in: "key")
        #expect(bench.changes() == ["key"])
        bench.places.named = [bench.folder["other"]]
        bench.watcher.follow(bench.poller, now: bench.now)
        bench.folder.put("changed", in: "key")
        #expect(bench.changes() == nil && !bench.watcher.hasMissed())
        bench.folder.put("changed", in: "other")
        #expect(bench.changes() == ["other"])
    }

    @Test func whatWasNotReadAfterAllIsStillAChange() throws {
        let bench = try bench()
        bench.folder.put("workers = 2\n", in: "conf")
        let before = bench.watcher.reading()
        #expect(!bench.watcher.hasMissed())
        bench.watcher.forgetReading(before, now: bench.now)
        #expect(bench.watcher.hasMissed())
        #expect(bench.changes() == ["conf"])
        bench.watcher.owe(now: bench.now)
        let owed = bench.watcher.reading()
        #expect(!bench.watcher.isOwed)
        bench.watcher.forgetReading(owed, now: bench.now)
        #expect(bench.watcher.isOwed && bench.changes() == [])
    }

    @Test func whereTheKernelTellsNothingItIsLookedAtEachSecond() throws {
        let bench = try Bench()
        bench.isAtLimit = true
        try bench.begin()
        guard case .looks(let why) = bench.watcher.means else {
            Issue.record("it is told")
            return
        }
        #expect(why.contains("inotify_init1: "))
        let look = MasterLimits.watchLookNanoseconds
        #expect(bench.watcher.nextDeadline == bench.now + look)
        bench.folder.put("workers = 2\n", in: "conf")
        // It is seen by a look, and acted on when another one sees the same.
        #expect(bench.changes(after: look) == nil)
        bench.folder.put("workers = 3\n", in: "conf")
        #expect(bench.changes(after: look) == nil)
        #expect(bench.changes(after: look) == nil)
        #expect(bench.changes(after: Self.quiet) == ["conf"])
        #expect(bench.changes(after: 10 * look) == nil)
        // The limit was raised meanwhile; that is noticed with the next change.
        bench.isAtLimit = false
        bench.folder.put("workers = 4\n", in: "conf")
        #expect(bench.changes(after: look) == nil && bench.watcher.means == .notices)
        #expect(bench.changes(after: Self.quiet) == ["conf"])
    }
}
