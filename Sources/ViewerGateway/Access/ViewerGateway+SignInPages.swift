import AccessControl
import ByteCore
import HTTPWire
import Secrets
import Telemetry

/// The pages of signing in, which work without a script.
extension ViewerGateway {
    /// The page that asks for name and password; `base` leads from where it is shown to the top.
    func signInPage(
        _ status: HTTPStatus, path: OwnPath?, error: String, name: [UInt8] = [], browser: SecretBytes?,
        base: String = "./"
    ) -> Reply {
        return formPage("pages/sign-in.html", status, browser) { code in
            [
                "BASE": base, "ERROR": error, "FORM": code, "RETURN": path?.text ?? "",
                "NAME": String(decoding: name, as: UTF8.self),
            ]
        }
    }

    /// The page by which whoever holds the link makes the first admin.
    func firstAdminPage(
        _ status: HTTPStatus, invite: [UInt8], error: String, name: [UInt8] = [], browser: SecretBytes?
    ) -> Reply {
        formPage("pages/first-admin.html", status, browser) { code in
            [
                "BASE": "./", "ERROR": error, "FORM": code, "INVITE": String(decoding: invite, as: UTF8.self),
                "NAME": String(decoding: name, as: UTF8.self),
            ]
        }
    }

    /// A page with a line and where to go on.
    func noticePage(
        _ status: HTTPStatus, _ title: String, _ line: String, action: String = "", base: String = "./",
        href: String = "./sign-in"
    ) -> Reply {
        page(
            "pages/notice.html", status,
            ["BASE": base, "TITLE": title, "TEXT": line, "ACTION": action, "HREF": href])
    }

    /// Who is signed in already, and the offer to take over.
    func occupiedReply(_ occupied: Occupied, _ asker: Asker) -> Reply {
        guard let first = occupied.sessions.first else { return Reply(.internalServerError) }
        let address = first.address?.words ?? "an address that no proxy named"
        if asker.wantsJSON {
            return json(.conflict) { text in
                text.append("{\"why\":\"taken\",\"since\":")
                text.appendDecimal(first.signedInAt)
                text.append(",\"address\":\"")
                text.append(text: address)
                text.append("\",\"ticket\":\"")
                unsafe occupied.ticket.withUnsafeBytes { unsafe text.append($0) }
                text.append("\"}")
            }
        }
        let agent = String(decoding: first.agent, as: UTF8.self)
        let since = Self.time(first.signedInAt)
        let ticket = String(decoding: occupied.ticket, as: UTF8.self)
        return formPage("pages/take-over.html", .conflict, asker.browser) { code in
            [
                "BASE": "./", "FORM": code, "RETURN": asker.path?.text ?? "", "TICKET": ticket,
                "ADDRESS": address,
                "SINCE": since, "AGENT": agent,
            ]
        }
    }

    /// An answer that says no to who sent a form.
    func turnedAway(
        _ status: HTTPStatus, _ line: String, _ asker: Asker
    ) -> Reply {
        guard asker.wantsJSON else {
            return signInPage(status, path: asker.path, error: line, browser: asker.browser)
        }
        return json(status) { text in
            text.append("{\"why\":")
            var line = line
            line.withUTF8 { unsafe text.appendJSONString(UnsafeRawBufferPointer($0)) }
            text.append("}")
        }
    }

    /// The same, for who may come again.
    func turnedAway(
        after seconds: Int, _ status: HTTPStatus, _ asker: Asker
    ) -> Reply {
        let line =
            status == .tooManyRequests
            ? "Too many tries. The next one is looked at in \(seconds) s."
            : "Too many people are signing in. Try again in \(seconds) s."
        var reply = turnedAway(status, line, asker)
        reply.retryAfter = max(1, seconds)
        return reply
    }

    /// A page with a form of ours, and the cookie that its code belongs to, unless the browser has one.
    private func formPage(
        _ name: StaticString, _ status: HTTPStatus, _ known: SecretBytes?,
        _ values: (String) -> KeyValuePairs<StaticString, String>
    ) -> Reply {
        guard let gate else { return Reply(.notFound, line: Self.nothing) }
        let browser = known ?? drawSecret(gate)
        let code = gate.authority.signInFormToken(browser: browser, now: AccessGate.instant())
        var reply = page(name, status, values(String(decoding: code, as: UTF8.self)))
        if known == nil { setCookie(common.cookies.form, browser.text, maxAge: nil, &reply) }
        return reply
    }

    private func page(
        _ name: StaticString, _ status: HTTPStatus, _ values: KeyValuePairs<StaticString, String>
    ) -> Reply {
        guard let file = files.find(name) else { return Reply(.internalServerError) }
        let count = unsafe file.bytes.count
        var reply = made(status, file.contentType, capacity: count + 1024) { text in
            unsafe PageTemplate(file.bytes).append(to: &text, values)
        }
        reply.policy = .plainPage
        return reply
    }

    /// `2026-01-02 03:04 UTC`.
    private static func time(_ epochSeconds: Int64) -> String {
        var text = ByteBuffer(capacity: 32)
        text.appendTimestamp(epochNanoseconds: epochSeconds * 1_000_000_000)
        let stamp = unsafe String(decoding: text.readable, as: UTF8.self)
        return "\(stamp.prefix(10)) \(stamp.dropFirst(11).prefix(5)) UTC"
    }
}
