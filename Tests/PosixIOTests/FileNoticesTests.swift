import Glibc
import TestSupport
import Testing

@testable import PosixIO

/// What leads to a file, and what the kernel tells of it.
@Suite struct FileNoticesTests {
    private let folder = TemporaryDirectory()

    private func steps(_ path: String) -> [String] {
        PathTrail(of: path).steps.filter { $0.directory.hasPrefix(folder.path) }
            .map { "\($0.directory.dropFirst(folder.path.utf8.count)) \($0.name)" }
    }

    @Test func everyDirectoryOnTheWayIsNamed() {
        for name in ["a", "a/b"] { mkdir(folder[name], 0o700) }
        folder.put("", in: "a/b/c")
        #expect(steps(folder["a/b/c"]) == [" a", "/a b", "/a/b c"])
        #expect(PathTrail(of: folder["a/./b//c"]) == PathTrail(of: folder["a/b/c"]))
        #expect(PathTrail(of: folder["a/b/c"]).end == folder["a/b/c"])
        #expect(steps(folder["a/b/../x"]) == [" a", "/a b", "/a x"])
        #expect(PathTrail(of: folder["a/b/../x"]).end == nil)
        // Nothing is looked for in what is not there.
        #expect(steps(folder["a/x/y/z"]) == [" a", "/a x"])
        #expect(PathTrail(of: "/").end == "/" && PathTrail(of: "/").steps.isEmpty)
    }

    @Test func linksAreFollowedWhereTheyAre() {
        for name in ["a", "b", "b/c"] { mkdir(folder[name], 0o700) }
        folder.put("", in: "b/c/file")
        symlink("../b/c", folder["a/link"])
        symlink(folder["a"], folder["b/absolute"])
        #expect(steps(folder["a/link/file"]) == [" a", "/a link", " b", "/b c", "/b/c file"])
        #expect(PathTrail(of: folder["a/link/file"]).end == folder["b/c/file"])
        #expect(PathTrail(of: folder["b/absolute/link/file"]).end == folder["b/c/file"])
        symlink("round", folder["round"])
        #expect(PathTrail(of: folder["round/x"]).end == nil)
        symlink("away", folder["dangling"])
        #expect(steps(folder["dangling"]) == [" dangling", " away"])
    }

    @Test func aRelativePathBeginsAtTheWorkingDirectory() throws {
        let room = try #require(getcwd(nil, 0))
        defer { free(room) }
        let here = String(cString: room)
        #expect(
            PathTrail(of: "Package.swift").steps == [PathTrail.Step(directory: here, name: "Package.swift")])
        #expect(PathTrail(of: "./x/../Package.swift").steps.first?.directory == here)
    }

    @Test func namesAndContentsAreTold() throws {
        let notices = try FileNotices()
        #expect(notices.read().isEmpty)
        let directory = try notices.watch(directory: folder.path)
        folder.put("x", in: "file")
        #expect(
            notices.read() == [
                .created(directory, "file"), .permitted(directory, "file"), .closed(directory, "file"),
            ])
        let file = try notices.watch(file: folder["file"])
        #expect(file != directory)
        let open = Glibc.open(folder["file"], O_WRONLY | O_CLOEXEC)
        #expect(notices.read().isEmpty)
        write(open, "y", 1)
        #expect(notices.read() == [.written(file)])
        close(open)
        #expect(notices.read() == [.closed(directory, "file"), .closed(file, nil)])
        chmod(folder["file"], 0o640)
        let told = notices.read()
        #expect(
            told.count == 2 && told.contains(.permitted(directory, "file")) && told.contains(.changed(file)))
        notices.unwatch(file)
        _ = notices.read()
        folder.put("z", in: "file", mode: 0o640)
        #expect(!notices.read().contains { if case .written = $0 { true } else { false } })
    }

    @Test func whatCannotBeWatchedIsSaid() throws {
        let notices = try FileNotices()
        #expect(throws: SystemError("inotify_add_watch", code: ENOENT)) {
            try notices.watch(file: folder["nothing"])
        }
        folder.put("", in: "file")
        #expect(throws: SystemError("inotify_add_watch", code: ENOTDIR)) {
            try notices.watch(directory: folder["file"])
        }
    }

    @Test func factsTellWritingsApart() throws {
        folder.put("one", in: "file")
        let first = try FileFacts(of: folder["file"])
        #expect(first.byteCount == 3 && first.mode & 0o777 == 0o600 && first.owner == getuid())
        #expect(try FileFacts(of: folder["file"]) == first)
        folder.put("four", in: "other")
        rename(folder["other"], folder["file"])
        #expect(try FileFacts(of: folder["file"]).inode != first.inode)
        #expect(throws: SystemError("stat", code: ENOENT)) { try FileFacts(of: folder["other"]) }
        #expect(!FileFacts.mayChangeUnnoticed(folder.path) && !FileFacts.mayChangeUnnoticed("/nowhere"))
    }
}
