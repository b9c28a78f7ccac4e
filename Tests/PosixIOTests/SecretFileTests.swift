import Foundation
import Testing

@testable import PosixIO

@Suite struct SecretFileTests {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    private func file(_ text: String, mode: Int) throws -> String {
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let file = root.appendingPathComponent("secret").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    private func fault(_ path: String, limit: Int = 10) -> UnreadableSecret? {
        do throws(UnreadableSecret) {
            _ = try readSecretFile(path, limit: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [0o600, 0o400, 0o700, 0o611])
    func whatNobodyElseCanRead(mode: Int) throws {
        defer { try? FileManager.default.removeItem(at: root) }
        #expect(try readSecretFile(try file("abc\n", mode: mode), limit: 4) == Array("abc\n".utf8))
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o666])
    func whatOthersCanRead(mode: Int) throws {
        defer { try? FileManager.default.removeItem(at: root) }
        #expect(fault(try file("abc", mode: mode)) == .shared)
    }

    @Test func whatIsNoFile() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let path = try file("", mode: 0o600)
        #expect(fault(path) == nil)
        #expect(fault(root.path) == .noFile)
        #expect(fault("/dev/null") == .noFile)
        #expect(mkfifo(path + ".fifo", 0o600) == 0)
        #expect(fault(path + ".fifo") == .noFile)
        #expect(fault(path + ".none") == .system(code: ENOENT))
    }

    @Test func itIsBounded() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let path = try file("0123456789", mode: 0o600)
        #expect(fault(path, limit: 10) == nil)
        #expect(fault(path, limit: 9) == .tooLarge(limit: 9))
    }
}
