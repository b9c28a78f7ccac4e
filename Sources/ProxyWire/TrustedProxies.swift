public import ByteCore

/// The machines whose word about their clients is believed.
public struct TrustedProxies: Hashable, Sendable {
    private var networks: [IPNetwork] = []
    private var includesUnixSocket = false

    /// The word for whoever connects over a Unix socket.
    private static let unix = "unix"

    /// Why a list cannot be taken, and the mend.
    public struct ParseError: Error, Equatable {
        /// In words that stand behind what was written.
        public let complaint: String
    }

    /// Nobody.
    public init() {}

    /// Reads each of `words`: `10.0.0.0/8`, `fd00::/8`, an address alone, or `unix`.
    public init(parsing words: [String]) throws(ParseError) {
        for word in words { try insert(word) }
    }

    private mutating func insert(_ word: String) throws(ParseError) {
        if word == Self.unix {
            includesUnixSocket = true
            return
        }
        guard networks.count < ProxyLimits.networks else {
            throw ParseError(complaint: "is one too many: at most \(ProxyLimits.networks) networks")
        }
        do throws(IPNetwork.ParseError) {
            networks.append(try IPNetwork(parsing: word))
        } catch {
            switch error {
            case .badAddress:
                throw ParseError(
                    complaint: "must be a network or an address, for example 10.0.0.0/8 or fd00::/8, or unix")
            case .badLength(let most):
                throw ParseError(complaint: "must end with a number of bits from 0 to \(most)")
            case .hostBits(let network):
                throw ParseError(complaint: "has bits set behind its prefix; did you mean \(network.text)?")
            }
        }
    }

    /// Whether nobody is trusted.
    public var isEmpty: Bool { networks.isEmpty && !includesUnixSocket }

    /// The networks among them.
    public var listed: [IPNetwork] { networks }

    /// The words that stand for the same.
    public var words: [String] { networks.map(\.text) + (includesUnixSocket ? [Self.unix] : []) }

    /// Whether the machine with this address is one of them.
    public func contains(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }

    /// Whether a connection's other end is one of them.
    public func contains(_ peer: PeerAddress) -> Bool {
        switch peer {
        case .ip(let address): contains(address)
        case .unixSocket: includesUnixSocket
        }
    }
}
