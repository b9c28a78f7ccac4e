/// Name of an admin or of a token: 1 to 64 bytes of what needs no escape in an address (unreserved characters
/// of RFC 3986 section 2.3), as `/admin/{name}` takes them.
public struct AccountName: Hashable, Sendable {
    /// The name's bytes, all of them ASCII.
    public let bytes: [UInt8]

    /// Takes a name; nil of one that is empty, too long or holds another character, and of `.` and `..`,
    /// which in an address are folders.
    public init?(_ bytes: some Collection<UInt8>) {
        guard (1...Limits.nameBytes).contains(bytes.count), bytes.allSatisfy(Self.isAllowed),
            !bytes.allSatisfy({ $0 == UInt8(ascii: ".") }) || bytes.count > 2
        else {
            return nil
        }
        self.bytes = Array(bytes)
    }

    /// The name as a string.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
