public import ByteCore
public import HTTPWire

/// The client's side of one opening handshake (RFC 6455 section 4.1).
public struct ClientHandshake: Sendable {
    private let nonce: (UInt64, UInt64)
    private let subprotocol: WebSocketSubprotocol
    private let offersDeflate: Bool

    /// Makes a handshake that offers `subprotocol`; `nonce` is 16 random bytes.
    ///
    /// With `offersDeflate` the server may compress what it sends; `agreesOnDeflate` tells whether it will.
    public init(
        nonce: (UInt64, UInt64), offering subprotocol: WebSocketSubprotocol, offersDeflate: Bool = false
    ) {
        self.nonce = nonce
        self.subprotocol = subprotocol
        self.offersDeflate = offersDeflate
    }

    /// Appends the request; `host` as it stands in Host, `target` percent-encoded, `origin` if one is to be
    /// sent.
    public func appendRequest(
        to output: inout ByteBuffer, target: UnsafeRawBufferPointer, host: UnsafeRawBufferPointer,
        origin: UnsafeRawBufferPointer? = nil
    ) {
        unsafe output.appendHTTPRequestLine(.get, target: target)
        unsafe output.appendHTTPField("Host", host)
        output.appendHTTPField("Upgrade", "websocket")
        output.appendHTTPField("Connection", "Upgrade")
        output.append("Sec-WebSocket-Key: ")
        appendKey(to: &output)
        output.append("\r\n")
        output.appendHTTPField("Sec-WebSocket-Version", "13")
        if let origin = unsafe origin { unsafe output.appendHTTPField("Origin", origin) }
        if let name = subprotocol.name { output.appendHTTPField("Sec-WebSocket-Protocol", name) }
        if offersDeflate { DeflateParameters.appendOffer(to: &output) }
        output.appendHTTPHeadEnd()
    }

    /// Judges the answer; `bytes` begin with its head.
    public func check(
        _ response: borrowing HTTPParsedResponse, _ bytes: UnsafeRawBufferPointer
    ) -> ClientHandshakeOutcome {
        guard response.status == HTTPStatus.switchingProtocols.rawValue else {
            return .refused(status: response.status)
        }
        guard unsafe response.fields.contains(token: "websocket", in: "upgrade", of: bytes),
            unsafe response.fields.contains(token: "upgrade", in: "connection", of: bytes)
        else { return .violated(.upgradesElsewhere) }
        guard let accept = unsafe response.fields.onlyValue(of: "sec-websocket-accept", in: bytes),
            unsafe isAnswer(accept)
        else { return .violated(.wrongAnswer) }
        guard
            unsafe response.fields.count(of: "sec-websocket-extensions", in: bytes) == 0
                || agreesOnDeflate(response, bytes)
        else { return .violated(.extensionNotOffered) }
        guard unsafe response.fields.count(of: "sec-websocket-protocol", in: bytes) > 0 else {
            return .opened(.none)
        }
        guard let name = unsafe response.fields.onlyValue(of: "sec-websocket-protocol", in: bytes),
            let chosen = unsafe WebSocketSubprotocol.named(name), chosen == subprotocol
        else { return .violated(.subprotocolNotOffered) }
        return .opened(chosen)
    }

    /// Whether the answer agrees on permessage-deflate as it was offered: `.deflated` belongs to the
    /// connection's kinds of message then, if the answer holds otherwise.
    public func agreesOnDeflate(
        _ response: borrowing HTTPParsedResponse, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard offersDeflate,
            let answer = unsafe response.fields.onlyValue(of: "sec-websocket-extensions", in: bytes),
            case .deflate(let parameters) = unsafe ExtensionElement(answer, in: .server)
        else { return false }
        // It was asked not to use what it sent before (RFC 7692 section 7.1.1.1).
        return parameters.serverForgets
    }

    private func appendKey(to output: inout ByteBuffer) {
        unsafe withUnsafeBytes(of: nonce) { unsafe Base64.append($0, to: &output) }
    }

    private func isAnswer(_ accept: UnsafeRawBufferPointer) -> Bool {
        var key = ByteBuffer(capacity: AcceptKey.keyBytes)
        appendKey(to: &key)
        var answer = ByteBuffer(capacity: AcceptKey.answerBytes)
        unsafe AcceptKey.append(answerTo: key.readable, to: &answer)
        return unsafe answer.readable.elementsEqual(accept)
    }
}
