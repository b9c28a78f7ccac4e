public import ByteCore

/// Who is asking, as far as anyone who is believed says.
public enum ClientAddress: Hashable, Sendable, BitwiseCopyable {
    /// Whoever is at the other end of the connection.
    case peer(PeerAddress)
    /// The address that a proxy names.
    case named(IPAddress)
    /// Nobody knows: a proxy names no client.
    case unnamed

    /// Its address; nil of a Unix socket, and where nobody knows.
    public var address: IPAddress? {
        switch self {
        case .peer(.ip(let address)), .named(let address): address
        case .peer(.unixSocket), .unnamed: nil
        }
    }
}
