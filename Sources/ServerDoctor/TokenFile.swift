import PosixIO

/// A file with a token in it: the first line, which nobody else should be able to read.
enum TokenFile {
    /// Why there is no token to be had, in words behind the file's name.
    struct Fault: Error, Equatable {
        let text: String
    }

    static func read(_ path: String) throws(Fault) -> String {
        do throws(UnreadableFile) {
            return try token(
                in: try readFileInTime(
                    path, limit: Limits.tokenFileBytes, milliseconds: Limits.tokenFileMilliseconds))
        } catch {
            throw Fault(text: error.reason)
        }
    }

    /// The first line, spaces around it aside, if it can stand in a field (RFC 6750, section 2.1).
    static func token(in bytes: [UInt8]) throws(UnreadableFile) -> String {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard let words = String(validating: line, as: UTF8.self)?.split(separator: " "), words.count == 1,
            words[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .notText(line: 1) }
        return String(words[0])
    }
}
