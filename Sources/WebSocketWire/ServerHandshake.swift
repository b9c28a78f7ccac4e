public import ByteCore
public import HTTPWire

/// What a server makes of a request that may open a WebSocket.
public enum HandshakeDecision: Sendable, Equatable {
    /// The 101 is appended; frames follow behind the request's head.
    case accept(WebSocketSubprotocol)
    /// Nothing is appended: `HandshakeRefusal.append(to:)` writes the answer.
    case refuse(HandshakeRefusal)
}

/// The server's side of the opening handshake (RFC 6455 section 4.2); any path is accepted.
public enum ServerHandshake {
    /// Judges a request; `bytes` begin with its head. Appends the 101 to `output` when it is accepted.
    ///
    /// Where the policy says so permessage-deflate is agreed on, and no other extension;
    /// `agreesOnDeflate` tells.
    public static func evaluate(
        _ head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, policy: HandshakePolicy,
        into output: inout ByteBuffer
    ) -> HandshakeDecision {
        if let refusal = unsafe refusal(of: head, bytes, policy) { return .refuse(refusal) }
        guard let key = unsafe head.fields.onlyValue(of: "sec-websocket-key", in: bytes) else {
            return .refuse(.missingKey)
        }
        guard unsafe Base64.isKey(key) else { return .refuse(.malformedKey) }
        guard let subprotocol = unsafe subprotocol(of: head, bytes) else {
            return .refuse(.malformedSubprotocol)
        }
        let deflate = unsafe deflate(offeredIn: head, bytes, subprotocol, policy)
        guard deflate != .malformed else { return .refuse(.malformedExtensions) }
        if let refusal = unsafe policy.refusal(ofOriginIn: head, bytes) { return .refuse(refusal) }
        unsafe appendAcceptance(key, subprotocol, deflate, to: &output)
        return .accept(subprotocol)
    }

    /// Whether the answer to an accepted request agrees on permessage-deflate: `.deflated` belongs to the
    /// connection's kinds of message then.
    public static func agreesOnDeflate(
        _ head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer,
        _ subprotocol: WebSocketSubprotocol, policy: HandshakePolicy
    ) -> Bool {
        if case .deflate = unsafe deflate(offeredIn: head, bytes, subprotocol, policy) { return true }
        return false
    }

    /// The first offer of permessage-deflate that can be kept to; `.other` without one.
    ///
    /// A client names what it likes best first (RFC 7692 section 5); what cannot be kept to is declined,
    /// not refused.
    private static func deflate(
        offeredIn head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer,
        _ subprotocol: WebSocketSubprotocol, _ policy: HandshakePolicy
    ) -> ExtensionElement {
        var chosen = ExtensionElement.other
        guard policy.deflates else { return chosen }
        unsafe head.fields.forEachElement(of: "sec-websocket-extensions", in: bytes) { element in
            let element = unsafe ExtensionElement(element, in: .client)
            if element == .malformed || chosen == .other { chosen = element }
            return element != .malformed
        }
        return chosen == .malformed || subprotocol.mayDeflate ? chosen : .other
    }

    /// What is judged before the key.
    private static func refusal(
        of head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, _ policy: HandshakePolicy
    ) -> HandshakeRefusal? {
        if let refusal = unsafe policy.refusal(ofHostIn: head, bytes) { return refusal }
        if head.method != .get { return .methodNotGet }
        guard unsafe head.fields.contains(token: "websocket", in: "upgrade", of: bytes) else {
            return .notAnUpgrade
        }
        // An Upgrade in HTTP/1.0 has to be ignored (RFC 9110 section 7.8).
        if head.version == .http10 { return .oldVersionOfHTTP }
        guard unsafe head.fields.contains(token: "upgrade", in: "connection", of: bytes) else {
            return .connectionNotUpgrade
        }
        // Frames begin right behind the head; a body in between could be read as either.
        if head.hasBody { return .hasBody }
        guard let version = unsafe head.fields.onlyValue(of: "sec-websocket-version", in: bytes) else {
            return .missingVersion
        }
        return unsafe version.isEqual(to: "13") ? nil : .otherVersion
    }

    /// The first of the offered subprotocols that is spoken; nil if the offer is malformed.
    private static func subprotocol(
        of head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> WebSocketSubprotocol? {
        var chosen = WebSocketSubprotocol.none
        var isWellFormed = true
        unsafe head.fields.forEachElement(of: "sec-websocket-protocol", in: bytes) { token in
            isWellFormed = unsafe token.isHTTPToken
            if chosen == .none, let spoken = unsafe WebSocketSubprotocol.named(token) { chosen = spoken }
            return isWellFormed
        }
        return isWellFormed ? chosen : nil
    }

    private static func appendAcceptance(
        _ key: UnsafeRawBufferPointer, _ subprotocol: WebSocketSubprotocol, _ deflate: ExtensionElement,
        to output: inout ByteBuffer
    ) {
        HTTPResponseHead(.switchingProtocols, connection: .upgrade).appendOpen(to: &output)
        output.appendHTTPField("Upgrade", "websocket")
        output.append("Sec-WebSocket-Accept: ")
        unsafe AcceptKey.append(answerTo: key, to: &output)
        output.append("\r\n")
        if let name = subprotocol.name { output.appendHTTPField("Sec-WebSocket-Protocol", name) }
        if case .deflate(let offer) = deflate { offer.appendAnswer(to: &output) }
        output.appendHTTPHeadEnd()
    }
}
