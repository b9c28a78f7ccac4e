/// Which end of the connection is spoken for.
public enum WebSocketRole: UInt8, Sendable, BitwiseCopyable {
    /// Receives masked frames and sends unmasked ones.
    case server
    /// Receives unmasked frames and sends masked ones.
    case client
}
