/// All addresses that begin with the same bits (RFC 4632 section 3.1, RFC 4291 section 2.3).
///
/// IPv4 and IPv6 are kept apart: `::/0` holds no IPv4 address, whichever socket it came over.
public struct IPNetwork: Hashable, Sendable, BitwiseCopyable {
    /// Its first address.
    public let base: IPAddress
    /// Of the 128 bits, how many are the same in all.
    let length: Int

    /// Why a text is no network.
    public enum ParseError: Error, Equatable {
        /// What stands before the slash is no address.
        case badAddress
        /// What stands behind it is no number from 0 to this.
        case badLength(most: Int)
        /// Bits behind the prefix are set; the network that they lie in.
        case hostBits(IPNetwork)
    }

    /// The network of `address`'s first `length` bits, of 128.
    private init(around address: IPAddress, length: Int) {
        base = IPAddress(
            high: address.high & Self.mask(length), low: address.low & Self.mask(length - 64))
        self.length = length
    }

    /// The first `count` bits of 64, however many are asked for.
    private static func mask(_ count: Int) -> UInt64 {
        count <= 0 ? 0 : ~0 << UInt64(64 - min(count, 64))
    }

    /// Reads `10.0.0.0/8`, `fd00::/8`, or an address alone.
    public init(parsing text: String) throws(ParseError) {
        let slash = text.utf8.firstIndex(of: UInt8(ascii: "/"))
        guard let address = IPAddress(String(text[..<(slash ?? text.endIndex)])) else { throw .badAddress }
        // Written in groups it has 128 bits, also where it stands for an IPv4 one.
        let isDotted = address.v4 != nil && !text.utf8.contains(UInt8(ascii: ":"))
        let most = isDotted ? 32 : 128
        guard let slash else {
            self.init(around: address, length: 128)
            return
        }
        let digits = text[text.index(after: slash)...].utf8
        guard (1...3).contains(digits.count), digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            digits.count == 1 || digits.first != 0x30, let number = Int(String(digits) ?? ""),
            number <= most
        else { throw .badLength(most: most) }
        self.init(around: address, length: number + 128 - most)
        guard base == address else { throw .hostBits(self) }
    }

    /// Whether its addresses are IPv4 ones.
    private var isV4: Bool { length >= 96 && base.v4 != nil }

    /// Whether `address` lies in it.
    @inline(__always)
    public func contains(_ address: IPAddress) -> Bool {
        (address.high ^ base.high) & Self.mask(length) == 0
            && (address.low ^ base.low) & Self.mask(length - 64) == 0 && (address.v4 != nil) == isV4
    }

    /// In canonical spelling, with the length of its prefix.
    public var text: String { "\(base.text)/\(isV4 ? length - 96 : length)" }
}
