public import ByteCore

/// Who is signing in, as far as the connection tells.
public struct Client: Hashable, Sendable {
    /// Where they are; nil where a proxy does not say.
    public let address: PeerAddress?
    /// What their program calls itself, in visible ASCII and spaces, at most 160 bytes.
    public let agent: [UInt8]

    /// Takes the address and the field `User-Agent`, of which what cannot be shown becomes `?`.
    public init(address: PeerAddress?, agent: some Collection<UInt8>) {
        self.address = address
        self.agent = agent.prefix(Limits.agentBytes).map { byte in
            (0x20...0x7E).contains(byte) ? byte : UInt8(ascii: "?")
        }
    }
}
