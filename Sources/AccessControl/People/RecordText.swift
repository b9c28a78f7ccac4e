import Secrets

/// The form that the files of this room share: text of three parts, in which every byte counts.
///
/// ```
/// pointerscope KIND VERSION            what it is
/// FIELD FIELD ... FIELD                a record a line, fields with one space between
/// sha256 43*base64url                  the digest of all lines before, their ends included
/// ```
///
/// Each line ends with a line feed, the last one too.
enum RecordText {
    private static let checksumWord = Array("sha256 ".utf8)

    /// A file of `kind` in `version` with these records, of which none holds a line feed.
    static func write(kind: StaticString, version: Int, records: [[UInt8]]) -> [UInt8] {
        var text = Array("pointerscope \(kind) \(version)\n".utf8)
        for record in records { text += record + [UInt8(ascii: "\n")] }
        let checksum = Base64URL.encode(SHA256Digest(of: text).bytes)
        return text + checksumWord + checksum + [UInt8(ascii: "\n")]
    }

    /// Hands each record of such a file to `read` with its line, and then holds the checksum against all.
    static func read(
        _ bytes: [UInt8], kind: StaticString, version: Int, maximumBytes: Int,
        record read: (ArraySlice<UInt8>, _ line: Int) throws(AccessFileFault) -> Void
    ) throws(AccessFileFault) {
        guard bytes.count <= maximumBytes else { throw AccessFileFault(line: 1, kind: .tooLong) }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Behind the last line feed there is nothing.
        guard lines.removeLast().isEmpty, let head = lines.first else {
            throw AccessFileFault(line: lines.count + 1, kind: .cutShort)
        }
        let name = Array("pointerscope \(kind) ".utf8)
        guard head.starts(with: name) else { throw AccessFileFault(line: 1, kind: .notThisFile) }
        guard head.dropFirst(name.count).elementsEqual("\(version)".utf8) else {
            throw AccessFileFault(line: 1, kind: .unknownVersion)
        }
        guard lines.count > 1, lines[lines.count - 1].starts(with: checksumWord) else {
            throw AccessFileFault(line: lines.count + 1, kind: .cutShort)
        }
        for index in 1..<(lines.count - 1) { try read(lines[index], index + 1) }
        let last = lines[lines.count - 1]
        let digest = SHA256Digest(of: bytes[..<last.startIndex])
        guard last.dropFirst(checksumWord.count).elementsEqual(Base64URL.encode(digest.bytes)) else {
            throw AccessFileFault(line: lines.count, kind: .checksum)
        }
    }

    /// A time as it is written: digits without a zero in front, up to the end of the year 9999.
    static func epochSeconds(_ text: ArraySlice<UInt8>) -> Int64? {
        guard (1...12).contains(text.count), text.count == 1 || text.first != UInt8(ascii: "0") else {
            return nil
        }
        var value: Int64 = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value <= Limits.latestEpochSeconds ? value : nil
    }

    /// Whether a field says that there is none.
    static func isNone(_ text: ArraySlice<UInt8>) -> Bool { text.elementsEqual([UInt8(ascii: "-")]) }
}
