import AccessControl
import ByteCore
import HTTPWire
import ProxyWire
import Secrets

/// Who is signed in, and the pages of somebody who is.
extension ViewerGateway {
    /// The answer of `/api/session` to whoever was let in: who they are here, and how the request came.
    ///
    /// ```
    /// {"name":"ann","role":"operator","scope":null,"endsAt":1767225600,"token":"...","client":{...}}
    /// {"auth":"none","client":{"address":"192.0.2.1","by":"header","forwarded":"ok"}}
    /// ```
    /// `token` is what forms of this session send along. `client` is where the request is from, who says so
    /// (`peer`, `header`, `proxy-protocol`), and what became of the header that proxies name their clients
    /// in: `ok`, `missing`, `malformed`, `untrusted-peer`.
    func sessionReply(_ grant: Grant?, _ asked: borrowing Asked) -> Reply {
        let client = ClientStory(of: asked, head, settings)
        return json(.ok) { text in
            if let gate, let grant {
                var code: [UInt8] = []
                if case .session(let key) = grant.source { code = gate.authority.formToken(of: key) }
                append(grant, code: code, to: &text)
            } else {
                text.append("{\"auth\":\"none\"}")
            }
            text.truncate(by: 1)
            text.append(",\"client\":")
            client.append(to: &text)
            text.append("}")
        }
    }

    /// The sign-in page for who asks for it; who has a session is led on.
    func signInReply(_ request: UnsafeRawBufferPointer) -> Reply {
        var path: OwnPath?
        if let value = unsafe head.queryValue(of: "return", in: request) {
            scratch.removeAll(shrinkingTo: 64 * 1024)
            if unsafe scratch.appendPercentDecoded(value, plusIsSpace: true) {
                path = unsafe OwnPath(scratch.readable, below: basePath)
            }
        }
        if let gate, let session = unsafe session(in: request, gate) {
            var reply = Reply(.seeOther)
            reply.location = path?.location ?? "./admin/\(session.name.text)"
            return reply
        }
        return signInPage(.ok, path: path, error: "", browser: unsafe formBrowser(request))
    }

    /// `/`: the sample page, or for somebody who was let in where there is none the dashboard.
    func firstPage(_ grant: Grant?, _ request: UnsafeRawBufferPointer) -> Reply {
        guard let grant, gate?.settings.showsSamplePage == false else {
            return unsafe samplePageReply(request)
        }
        var reply = Reply(.seeOther)
        reply.location = "./admin/\(grant.name.text)"
        return reply
    }

    /// What codes of forms belong to, of the browser that sends a request.
    func formBrowser(_ request: UnsafeRawBufferPointer) -> SecretBytes? {
        var browser: SecretBytes?
        unsafe HTTPCookies.forEachValue(of: common.cookies.form, in: head.fields, request, limit: 8) {
            value in
            browser = unsafe SecretBytes(text: value)
            return browser == nil
        }
        return browser
    }
}

/// How a request came, told to who asks: so that a person can find out from outside which proxy names nobody.
private struct ClientStory {
    private let source: ClientAddress
    private let by: StaticString
    private let forwarded: StaticString

    init(of asked: borrowing Asked, _ head: borrowing HTTPRequestHead, _ settings: GatewaySettings) {
        source = asked.source
        let finding = unsafe settings.trust.client(asked.peer, head.fields, in: asked.request)
        var hasField = false
        let wanted = settings.trust.field.name.utf8
        for index in 0..<head.fields.count {
            let name = unsafe head.fields[index].name.slice(of: asked.request)
            if name.count == wanted.count, unsafe zip(name, wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
                hasField = true
            }
        }
        if !hasField {
            forwarded = "missing"
        } else if !settings.trust.includes(asked.peer) {
            forwarded = "untrusted-peer"
        } else {
            forwarded = finding.fault == nil ? "ok" : "malformed"
        }
        if finding.client != asked.peer {
            by = "header"
        } else if settings.expectsProxyHeader {
            by = "proxy-protocol"
        } else {
            by = "peer"
        }
    }

    func append(to text: inout ByteBuffer) {
        text.append("{\"address\":")
        if let address = source.address {
            text.append("\"")
            text.append(text: address.text)
            text.append("\"")
        } else {
            text.append("null")
        }
        text.append(",\"by\":\"")
        text.append(by)
        text.append("\",\"forwarded\":\"")
        text.append(forwarded)
        text.append("\"}")
    }
}
