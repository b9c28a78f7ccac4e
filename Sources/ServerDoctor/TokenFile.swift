import PosixIO

/// A file with a token in it: the first line, which nobody else should be able to read.
enum TokenFile {
    /// Why there is no token to be had, in words behind the file's name.
    struct Fault: Error, Equatable {
        let text: String
    }

    static func read(_ path: String) throws(Fault) -> String {
        let bytes: [UInt8]
        do throws(UnreadableFile) {
            bytes = try readFileInTime(
                path, limit: Limits.tokenFileBytes, milliseconds: Limits.tokenFileMilliseconds)
        } catch {
            throw Fault(text: error.reason)
        }
        guard let token = token(in: bytes) else { throw Fault(text: "holds no token in its first line") }
        return token
    }

    /// The first line, spaces around it aside, if it can stand in a field (RFC 6750, section 2.1).
    static func token(in bytes: [UInt8]) -> String? {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let words = line.split(separator: UInt8(ascii: " "))
        guard words.count == 1, words[0].allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(decoding: words[0], as: UTF8.self)
    }
}
