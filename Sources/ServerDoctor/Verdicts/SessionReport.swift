import ByteCore

/// Whom a server sees in a request: the part `client` of what `GET /api/session` answers.
///
/// ```
/// {"client":{"address":"192.0.2.1","by":"header","forwarded":"ok"}, ...}
/// ```
struct SessionReport: Equatable {
    /// What became of the field that names a visitor's address.
    enum Forwarded: String {
        case ok, missing, malformed
        case untrustedPeer = "untrusted-peer"
    }

    /// As it is written, or `noAddress`.
    let address: String
    /// What told it: `header`, `peer` or `proxy-protocol`.
    let by: String
    let forwarded: Forwarded

    /// What stands for the address of who came by a Unix socket.
    static let noAddress = "none"

    /// Bytes of a value: addresses and words are shorter.
    private static let valueBytes = 64

    /// Whether the address is one of a machine's own.
    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" || address == Self.noAddress }

    /// Reads an answer; nil where it does not say whom the server sees.
    static func parse(_ body: [UInt8]) -> SessionReport? {
        unsafe body.withUnsafeBytes { bytes in
            var scanner = unsafe JSONScanner(bytes, maximumDepth: 16)
            var report: SessionReport?
            do throws(JSONFault) {
                try members(of: &scanner) { key, scanner throws(JSONFault) in
                    guard key.equals("client"), scanner.next == UInt8(ascii: "{") else { return false }
                    report = try client(&scanner)
                    return true
                }
                try scanner.expectEnd()
                return report
            } catch {
                return nil
            }
        }
    }

    private static func client(_ scanner: inout JSONScanner) throws(JSONFault) -> SessionReport? {
        var address: String?
        var by: String?
        var forwarded: Forwarded?
        try members(of: &scanner) { key, scanner throws(JSONFault) in
            if key.equals("address"), scanner.next != UInt8(ascii: "\"") {
                // Nobody named one, and whoever connected to a Unix socket has none.
                address = Self.noAddress
                return false
            }
            guard scanner.next == UInt8(ascii: "\"") else { return false }
            if key.equals("address") {
                address = text(try scanner.scanString())
            } else if key.equals("by") {
                by = text(try scanner.scanString())
            } else if key.equals("forwarded") {
                forwarded = text(try scanner.scanString()).flatMap(Forwarded.init)
            } else {
                return false
            }
            return true
        }
        guard let address, let by, let forwarded else { return nil }
        return SessionReport(address: address, by: by, forwarded: forwarded)
    }

    /// Passes over an object; `takes` stands before each value, and says whether it has passed over it.
    private static func members(
        of scanner: inout JSONScanner,
        _ takes: (JSONString, inout JSONScanner) throws(JSONFault) -> Bool
    ) throws(JSONFault) {
        scanner.skipWhitespace()
        guard scanner.next == UInt8(ascii: "{") else { throw .unexpectedByte }
        try scanner.open()
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            if try !takes(key, &scanner) { try scanner.skipValue() }
        }
    }

    /// A short printable value; what else came is none of ours.
    private static func text(_ string: JSONString) -> String? {
        guard !string.hasEscapes, unsafe (1...valueBytes).contains(string.raw.count),
            unsafe string.raw.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return unsafe String(decoding: string.raw, as: UTF8.self)
    }
}
