import Testing

@testable import ServerDoctor

/// A site on the Internet, below a path, behind a proxy.
private let site = Site(
    url: "https://watch.example/ps", origin: "https://watch.example", host: "watch.example", basePath: "/ps",
    isSecure: true)
private let here = Site(
    url: "http://127.0.0.1:2112", origin: "http://127.0.0.1:2112", host: "127.0.0.1", isLoopback: true)

private func answer(_ status: Int, _ body: String = "", _ fields: [String: String] = [:]) -> Reply {
    .answered(
        Answer(
            status: status, fields: fields.sorted { $0.key < $1.key }.map { .init(name: $0, value: $1) },
            body: Array(body.utf8)))
}

private func check(
    _ verdict: Verdict?, _ level: Verdict.Level, _ words: String = "", mend: String = "",
    at location: SourceLocation = #_sourceLocation
) {
    #expect(verdict?.level == level, "\(String(describing: verdict))", sourceLocation: location)
    #expect(verdict?.text.contains(words) == true, "\(verdict?.text ?? "")", sourceLocation: location)
    let needsMend = level == .warn || level == .fail
    #expect((verdict?.mend != nil) == needsMend, sourceLocation: location)
    let told = verdict?.mend ?? ""
    #expect(mend.isEmpty || told.contains(mend), "\(told)", sourceLocation: location)
    #expect(verdict?.line.contains("\n") == false, sourceLocation: location)
}

@Suite struct ReachingVerdictTests {
    @Test func addresses() {
        let good = Judge.AddressFinding(address: "192.0.2.1:443")
        let bad = Judge.AddressFinding(address: "[2001:db8::1]:443", failure: "Network is unreachable")
        check(Judge.connect([good], site), .ok, "192.0.2.1:443")
        check(Judge.connect([good, bad], site), .warn, "[2001:db8::1]:443: Network", mend: "out of DNS")
        check(Judge.connect([bad], site), .fail, "unreachable", mend: "firewall")
        check(Judge.connect([bad], here), .fail, mend: "start the server")
        check(Judge.name("it has no address", site), .fail, "watch.example: it has", mend: "AAAA")
    }

    private func believed(_ notBefore: Int64, _ notAfter: Int64) -> Judge.CertificateFinding {
        .believed(
            notBefore: notBefore, notAfter: notAfter, end: "then", names: "watch.example", version: "TLSv1.3")
    }

    @Test func certificates() {
        let day: Int64 = 86_400
        check(
            Judge.certificate(believed(0, 90 * day), site, now: 30 * day), .ok,
            "valid until then (60 days), for watch.example, TLSv1.3")
        check(Judge.certificate(believed(0, 90 * day), site, now: 75 * day), .ok, "(15 days)")
        check(Judge.certificate(believed(0, 90 * day), site, now: 75 * day + 1), .warn, mend: "renewed")
        // One for half a day is renewed at other times.
        check(Judge.certificate(believed(0, day / 2), site, now: day / 4), .ok, "(6 h)")
        check(
            Judge.certificate(.refused("expired", .expired), site, now: 0), .fail, "it expired", mend: "renew"
        )
        check(Judge.certificate(.refused("x", .untrusted), site, now: 0), .fail, mend: "fullchain.pem")
        check(Judge.certificate(.refused("x", .wrongName), site, now: 0), .fail, mend: "watch.example")
        check(Judge.certificate(.refused("x", .notYetValid), site, now: 0), .fail, mend: "timedatectl")
        check(Judge.certificate(.refused("x", .notTLS), site, now: 0), .fail, mend: "port of https")
        check(Judge.certificate(.refused("x", .other), site, now: 0), .fail, mend: "log")
        check(Judge.certificate(nil, here, now: 0), .ok, "does not leave this machine")
        var open = here
        open.isLoopback = false
        check(Judge.certificate(nil, open, now: 0), .warn, "plain http", mend: "--public-url https://")
    }

    @Test func plainHTTPBesideIt() {
        #expect(Judge.redirect(nil, port: 80, site) == nil)
        #expect(Judge.redirect(answer(200), port: 80, here) == nil)
        check(Judge.redirect(.failed("refused"), port: 80, site), .ok, "nothing is served")
        let right = ["location": "https://watch.example/ps/"]
        check(Judge.redirect(answer(308, "", right), port: 80, site), .ok, "(308)")
        check(Judge.redirect(answer(301), port: 80, site), .warn, "leads to ''")
        check(Judge.redirect(answer(200), port: 80, site), .fail, "(200)", mend: "https://watch.example")
        check(Judge.redirect(answer(403), port: 80, site), .ok, "refused (403)")
    }
}

@Suite struct AnswerVerdictTests {
    @Test func healthAndReadiness() {
        let well = Judge.health(answer(200), ready: answer(200), site)
        #expect(well.map(\.level) == [.ok, .ok] && well.map(\.check) == ["health", "ready"])
        let starting = Judge.health(answer(200), ready: answer(503, "no worker\n"), site)
        check(starting.last, .fail, "answers 503 (no worker)")
        check(Judge.health(answer(502), ready: answer(502), site).first, .fail, "502", mend: "--http")
        check(
            Judge.health(.failed("hangs up"), ready: .failed(""), site).last, .fail, "hangs up",
            mend: "--http")
        check(Judge.health(answer(404), ready: answer(404), site).last, .fail, mend: "/ps/")
        #expect(Judge.health(answer(421), ready: answer(421), site).isEmpty)
        check(Judge.health(answer(200), ready: answer(404), site).last, .fail, "404")
    }

    @Test func hosts() {
        check(Judge.host([answer(200)], site), .ok, "watch.example")
        check(
            Judge.host([answer(200), answer(421, "no\n")], site), .fail, "answers 421 (no)",
            mend: "--public-url https://watch.example/ps")
        #expect(Judge.host([answer(502)], site) == nil)
    }

    @Test func otherNames() {
        let html = ["content-type": "text/html"]
        check(Judge.strangers(answer(401, "Sign in to Pointerscope", html)), .warn)
        check(
            Judge.strangers(answer(200, "<title>Pointerscope</title>", html)), .warn, "doctor.invalid",
            mend: "Host $host")
        check(Judge.strangers(answer(421)), .ok)
        check(Judge.strangers(answer(200, "<title>Welcome to nginx!</title>", html)), .ok)
        check(Judge.strangers(.failed("hangs up")), .ok)
    }

    @Test func pagesAndTheirFiles() {
        let page = answer(200, "", ["content-type": "text/html; charset=utf-8"])
        let script = answer(200, "", ["content-type": "text/javascript"])
        let found = [Judge.AssetFinding(path: "/ps/a.js", reply: script)]
        check(Judge.page(page, found, site), .ok, "the dashboard and 1 files")
        let signIn = answer(401, "", ["content-type": "text/html"])
        check(Judge.page(signIn, found, site), .ok, "the page to sign in on")
        check(Judge.page(answer(401, "no\n"), found, site), .fail, "answers 401 (no)")
        check(
            Judge.page(page, found + [.init(path: "/b.js", reply: answer(404))], site), .fail, "/b.js",
            mend: "/ps/")
        check(Judge.page(page, [.init(path: "/b.js", reply: page)], site), .fail, "/b.js")
        check(Judge.page(page, [], site), .warn, "none of ours")
        check(Judge.page(script, [], site), .fail, "the dashboard answers 200")
        check(Judge.page(answer(421), [], site), .skip)
        check(Judge.page(.failed("hangs up"), [], here), .fail, "hangs up", mend: "the URL must name")
    }

    @Test func protectingFields() {
        let fields = [
            "content-type": "text/html",
            "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin",
            "strict-transport-security": "max-age=1",
        ]
        #expect(Judge.headers(answer(200, "", fields), site).map(\.level) == [.ok, .ok])
        #expect(Judge.headers(answer(200, "", fields), here).map(\.check) == ["headers"])
        for name in fields.keys where name != "content-type" {
            let fewer = fields.filter { $0.key != name }
            let verdicts = Judge.headers(answer(200, "", fewer), site)
            #expect(verdicts.count { $0.level == .warn } == 1, "\(name)")
            #expect(verdicts.contains { $0.text.lowercased().contains(name) }, "\(name)")
        }
        #expect(Judge.headers(answer(404), site).isEmpty)
    }

    @Test(arguments: [
        ("a=1; Secure; HttpOnly", Verdict.Level.ok), ("a=1;secure;httponly", .ok), ("a=1; HttpOnly", .fail),
        ("a=1; Secure", .fail), ("secure=httponly", .fail),
    ])
    func cookies(field: String, level: Verdict.Level) {
        check(Judge.cookies([answer(200), answer(200, "", ["set-cookie": field])], site), level)
    }

    @Test func cookiesOfPlainHTTP() {
        check(Judge.cookies([answer(200, "", ["set-cookie": "a=1; HttpOnly"])], here), .ok)
        check(Judge.cookies([answer(200)], site), .skip)
    }

    @Test func clocks() {
        let then: Int64 = 784_111_777
        func judged(_ now: Int64, _ date: String = "Sun, 06 Nov 1994 08:49:37 GMT") -> Verdict {
            Judge.clock(Judge.ClockFinding(date: date, now: now))
        }
        check(judged(then + 60), .ok)
        check(judged(then + 61), .warn, "61 s behind", mend: "timedatectl")
        check(judged(then - 90), .warn, "90 s ahead of")
        check(judged(then, "today"), .warn, "'today'")
        check(Judge.clock(nil), .skip)
    }

    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200),
        ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200), ("Sun, 29 Nov 2026 19:30:00 GMT", 1_795_980_600),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
    ])
    func dates(text: String, seconds: Int64) {
        #expect(DateField.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:-7 GMT", "Sun,  06 Nov 1994 08:49:37 GMT",
    ])
    func noDates(text: String) {
        #expect(DateField.seconds(text) == nil)
    }

    @Test func linesAreForAPerson() {
        let verdict = Verdict.fail("ingest", "it answers 426", mend: "that line")
        #expect(verdict.line == "fail  ingest        it answers 426; mend: that line")
        var diagnosis = Diagnosis(url: "https://a.example")
        diagnosis.add(verdict)
        diagnosis.add([.ok("host", "\"a\" is\u{202e}")])
        #expect(!diagnosis.isWell && diagnosis.summary == "1 ok, 0 warn, 1 fail, 0 skipped")
        #expect(
            diagnosis.json == #"{"url":"https://a.example","checks":[{"check":"ingest","level":"fail","#
                + #""text":"it answers 426","mend":"that line"},{"check":"host","level":"ok","#
                + #""text":"\"a\" is\u202e"}],"ok":1,"warn":0,"fail":1,"skip":0}"#)
    }
}
