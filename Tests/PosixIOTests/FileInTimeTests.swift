import Foundation
import Testing

@testable import PosixIO

@Suite struct FileInTimeTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    private func path(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder + "/" + name
    }

    @Test func aFileIsRead() throws {
        let path = try path("file")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "a secret\n".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try readFileInTime(path, limit: 9, milliseconds: 0) == Array("a secret\n".utf8))
        #expect(throws: UnreadableFile.tooLarge(limit: 8)) {
            try readFileInTime(path, limit: 8, milliseconds: 0)
        }
    }

    @Test func aPipeIsWaitedForNoLongerThanTold() throws {
        let path = try path("pipe")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try readFileInTime(path, limit: 8, milliseconds: 10_000) == [])
        let held = open(path, O_RDWR | O_CLOEXEC)
        defer { close(held) }
        #expect(throws: UnreadableFile.system(code: ETIMEDOUT)) {
            try readFileInTime(path, limit: 8, milliseconds: 1)
        }
    }

    @Test func whatIsNoFileIsRefused() {
        #expect(throws: UnreadableFile.directory) { try readFileInTime("/", limit: 8, milliseconds: 0) }
        #expect(throws: UnreadableFile.system(code: ENOENT)) {
            try readFileInTime("/nowhere", limit: 8, milliseconds: 0)
        }
    }
}
