/// How a message came (RFC 6455, section 5.6).
public enum MessageKind: Sendable, BitwiseCopyable {
    case text
    case binary
}

/// A format that samples come in.
///
/// One decoder serves any number of connections. What the messages of a connection build upon, such as the
/// position that the next one is told from, is that connection's `State`. A message that is refused has no
/// effect at all, whoever refuses it: so decoding only reads the state, keeps what the message would make of
/// it in the decoder, and writes it down when it is told that the message was accepted.
public protocol PointerDecoder: ~Copyable {
    /// What one connection's messages build upon; nothing where each stands for itself.
    associatedtype State

    /// Decodes one whole message, which replaces what the decoder held.
    ///
    /// Each sample is as `DecodedSample` says, whatever the message was; one that is not fit for that is
    /// refused.
    mutating func decode(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, after state: borrowing State
    ) -> DecodeOutcome

    /// One sample of the last message, in order.
    ///
    /// Its id and page point into the message or into the decoder: valid until the next `decode` or `commit`.
    func sample(at index: Int) -> DecodedSample

    /// What that sample says in its tail; called only where its `fields` have `.tail`.
    ///
    /// Its texts are valid as long as the sample's are.
    func tail(at index: Int) -> DecodedTail

    /// Makes `state` what the last message made of it; called at most once, with the state it was decoded
    /// after, when the message was accepted.
    mutating func commit(to state: inout State)
}
