public import HTTPWire

/// What holds of every request on the ingest port, whether it opens a WebSocket or not.
extension HandshakePolicy {
    /// Why a request is not served for the host it is sent to; nil where it is.
    public func refusal(
        ofHostIn head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> HandshakeRefusal? {
        // The public name may have the ingest port behind it as well as its own.
        guard requiresLoopbackHost, unsafe !head.isForServer(at: publicURL, anyPort: true, in: bytes) else {
            return nil
        }
        return .misdirected
    }

    /// Why it is not served for the page that sends it; nil where it is.
    public func refusal(
        ofOriginIn head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> HandshakeRefusal? {
        guard unsafe head.fields.count(of: "origin", in: bytes) > 1 else {
            return unsafe refusal(origin: head.fields.onlyValue(of: "origin", in: bytes))
        }
        // More than one names nobody: it is served where every page is, and is no page of this machine.
        return unsafe refusal(origin: UnsafeRawBufferPointer(start: nil, count: 0))
    }
}
