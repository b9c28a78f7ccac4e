import Glibc
import Testing

@testable import PosixIO

@Suite("A whole file")
struct WholeFileTests {
    private let path = "/tmp/pointerscope-whole-file-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    private func read(_ bytes: [UInt8], limit: Int = 64) throws -> Result<String, UnreadableFile> {
        let file = try Descriptor.opening(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        defer { unlink(path) }
        #expect(write(file.raw, bytes, bytes.count) == bytes.count)
        return Result { () throws(UnreadableFile) in try readWholeFile(path, limit: limit) }
    }

    @Test func isItsText() throws {
        #expect(try read(Array("a = b\n\u{E9}".utf8)) == .success("a = b\n\u{E9}"))
        #expect(try read([]) == .success(""))
        #expect(try read([UInt8](repeating: 0x61, count: 64)) == .success(String(repeating: "a", count: 64)))
    }

    @Test func saysWhyItIsNotToBeHad() throws {
        #expect(try read([UInt8](repeating: 0x61, count: 65)) == .failure(.tooLarge(limit: 64)))
        #expect(try read(Array("a\nb\n".utf8) + [0xE4, 0x0A]) == .failure(.notText(line: 3)))
        // The character that is cut off by the end of the file.
        #expect(try read([0x0A, 0xC3]) == .failure(.notText(line: 2)))
        #expect(throws: UnreadableFile.directory) { try readWholeFile("/tmp", limit: 64) }
        #expect(throws: UnreadableFile.system(code: ENOENT)) { try readWholeFile(path, limit: 64) }
    }

    @Test func inWords() {
        #expect(UnreadableFile.system(code: EACCES).reason == "cannot be read: Permission denied")
        #expect(UnreadableFile.tooLarge(limit: 1 << 20).reason == "is larger than 1 MiB")
        #expect(UnreadableFile.tooLarge(limit: 64 << 10).reason == "is larger than 64 KiB")
    }
}
