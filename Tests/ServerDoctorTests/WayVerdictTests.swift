import Testing

@testable import ServerDoctor

private let site = Site(
    url: "https://watch.example", origin: "https://watch.example", host: "watch.example", isSecure: true)
private let here = Site(
    url: "http://127.0.0.1:2112", origin: "http://127.0.0.1:2112", host: "127.0.0.1", isLoopback: true)

private func answer(_ status: Int, _ body: String = "", _ fields: [String: String] = [:]) -> Reply {
    .answered(
        Answer(
            status: status, fields: fields.sorted { $0.key < $1.key }.map { .init(name: $0, value: $1) },
            body: Array(body.utf8)))
}

@Suite struct IngestVerdictTests {
    private let url = "wss://watch.example/ws"

    @Test(arguments: [
        (400, "Upgrade $http_upgrade"), (426, "Upgrade $http_upgrade"), (502, "--ingest"), (404, "--ingest"),
        (200, "--ingest"), (401, "--ingest"), (301, "--ingest"), (421, "--public-url"),
        (403, "--ingest"),
        (500, "--ingest"),
    ])
    func refusals(status: Int, mend: String) {
        let verdict = Judge.upgrade(.refused(answer(status, "why\n")), url: url, site)
        #expect(verdict.level == .fail && verdict.mend?.contains(mend) == true, "\(verdict)")
        #expect(verdict.text.contains("answers \(status) (why)"))
    }

    @Test func openings() {
        #expect(Judge.upgrade(.opened, url: url, site).level == .ok)
        #expect(Judge.upgrade(.deaf("no pong"), url: url, site).text.hasSuffix("no pong"))
        #expect(Judge.upgrade(.violated("wrong"), url: url, site).level == .fail)
        #expect(Judge.upgrade(.refused(.failed("hangs up")), url: url, site).text == "\(url) hangs up")
    }

    @Test func origins() {
        func judged(_ found: Judge.UpgradeFinding, after first: Judge.UpgradeFinding = .opened) -> Verdict {
            Judge.origin(found, first: first, origin: "https://shop.example")
        }
        #expect(judged(.opened).level == .ok)
        #expect(
            judged(.refused(answer(403))).mend?.hasPrefix(
                "start the server with --origin https://shop.example") == true)
        #expect(judged(.refused(answer(502))).text.hasSuffix("it answers 502"))
        #expect(judged(.deaf("no pong")).level == .fail)
        #expect(judged(.opened, after: .refused(answer(404))).level == .skip)
    }
}

@Suite struct StreamVerdictTests {
    private func finding(
        _ fields: [String: String] = [:], status: Int = 200, first: Int? = 20, later: Int = 2
    ) -> Judge.StreamFinding {
        var all = ["content-type": "text/event-stream", "cache-control": "no-store, no-transform"]
        all.merge(fields) { $1 }
        return Judge.StreamFinding(
            reply: answer(status, "", all), firstByteMilliseconds: first, laterArrivals: later,
            watchedMilliseconds: 2_400)
    }

    @Test func aStreamThatNobodyHolds() {
        let verdicts = Judge.stream(finding(), site)
        #expect(verdicts.map(\.check) == ["stream", "compression", "caching"])
        #expect(verdicts.allSatisfy { $0.level == .ok })
        // One that was due may come just behind the end.
        #expect(Judge.stream(finding(later: 1), site)[0].level == .ok)
        #expect(Judge.stream(finding(first: 1_000), site)[0].level == .ok)
    }

    @Test func aStreamThatIsHeldBack() {
        for held in [finding(first: nil, later: 0), finding(first: 1_001), finding(later: 0)] {
            let verdict = Judge.stream(held, site)[0]
            #expect(verdict.level == .fail && verdict.mend?.contains("X-Accel-Buffering") == true)
        }
        let none = Judge.StreamFinding(reply: .failed("gives no answer within 5 s"))
        #expect(Judge.stream(none, site)[0].mend?.contains("proxy_buffering off") == true)
    }

    @Test(arguments: [
        (["content-encoding": "gzip"], "compression", Verdict.Level.fail),
        (["content-encoding": "identity"], "compression", .ok),
        (["cache-control": "no-store"], "caching", .warn),
        (["cache-control": "no-transform"], "caching", .warn),
        (["cache-control": "No-Transform ,NO-STORE"], "caching", .ok),
        (["cache-control": ""], "caching", .warn),
    ])
    func aStreamThatIsChanged(fields: [String: String], check: String, level: Verdict.Level) {
        #expect(Judge.stream(finding(fields), site).first { $0.check == check }?.level == level)
    }

    @Test func noStream() {
        func only(_ found: Judge.StreamFinding, _ site: Site) -> Verdict? {
            let verdicts = Judge.stream(found, site)
            return verdicts.count == 1 ? verdicts[0] : nil
        }
        #expect(only(finding(status: 401), site) == .skip("stream", "skipped: needs --token-file"))
        var signedIn = site
        signedIn.hasToken = true
        #expect(only(finding(status: 401), signedIn)?.mend?.contains("Authorization") == true)
        #expect(only(finding(status: 421), site)?.level == .skip)
        #expect(only(finding(status: 502), site)?.mend == Judge.noServer)
        #expect(only(finding(status: 404), site)?.mend?.contains("/receive/") == true)
        #expect(only(finding(["content-type": "text/html"]), site)?.text.hasPrefix("'text/html'") == true)
    }

    @Test func comingBack() {
        #expect(Judge.resume(isReset: nil) == nil)
        #expect(Judge.resume(isReset: true)?.level == .ok && Judge.resume(isReset: false)?.level == .fail)
    }
}

@Suite struct ServerVerdictTests {
    private func forwarding(
        _ address: String, _ by: String, _ forwarded: SessionReport.Forwarded, forged: String? = nil,
        at site: Site = site
    ) -> Verdict {
        let seen = SessionReport(address: address, by: by, forwarded: forwarded)
        let seenForged = forged.map { SessionReport(address: $0, by: by, forwarded: .ok) }
        return Judge.forwarding(
            Judge.ForwardingFinding(reply: answer(200), seen: seen, seenForged: seenForged ?? seen), site)
    }

    @Test func whoIsSeen() {
        #expect(forwarding("192.0.2.7", "header", .ok).level == .ok)
        #expect(forwarding("192.0.2.7", "proxy-protocol", .ok).level == .ok)
        #expect(forwarding("127.0.0.1", "peer", .missing).mend?.contains("--trusted-proxy is") == true)
        #expect(forwarding("127.0.0.1", "peer", .missing, at: here).level == .ok)
        #expect(
            forwarding("10.0.0.2", "peer", .untrustedPeer).mend
                == "start the server with --trusted-proxy 10.0.0.2")
        #expect(forwarding("127.0.0.1", "peer", .malformed).level == .fail)
        let socket = forwarding(SessionReport.noAddress, "peer", .untrustedPeer)
        #expect(socket.mend == "start the server with --trusted-proxy unix")
        #expect(socket.text.hasPrefix("no address is seen instead of yours"))
        #expect(
            forwarding("192.0.2.7", "header", .ok, forged: "203.0.113.66").mend?.contains("append") == true)
        var open = here
        open.isLoopback = false
        #expect(forwarding("127.0.0.1", "peer", .missing, at: open).level == .fail)
        #expect(forwarding("192.0.2.7", "peer", .missing, at: open).level == .ok)
    }

    @Test func whoIsNotTold() {
        func judged(_ status: Int, _ site: Site) -> Verdict {
            Judge.forwarding(Judge.ForwardingFinding(reply: answer(status)), site)
        }
        #expect(judged(401, site) == .skip("forwarding", "skipped: needs --token-file"))
        #expect(judged(404, site).level == .skip && judged(200, site).level == .skip)
        var signedIn = site
        signedIn.hasToken = true
        #expect(judged(403, signedIn).text.contains("says too little"))
    }

    @Test func room() {
        func judged(_ reply: Reply, _ limit: Int?, _ site: Site) -> Verdict {
            Judge.descriptors(reply, localLimit: limit, site)
        }
        let name = "pointerscope_connections_capacity"
        #expect(judged(answer(200, "# HELP \(name) x\n\(name) 1024\n"), 1, site).level == .ok)
        #expect(judged(answer(200, "\(name) 1023\n"), 65_536, site).mend?.contains("LimitNOFILE=") == true)
        #expect(
            judged(answer(401), 1_023, here).level == .warn && judged(answer(401), 1_024, here).level == .ok)
        #expect(judged(answer(401), 65_536, site).text == "skipped: needs --token-file")
        #expect(judged(answer(200, "\(name)_other 1\n"), nil, site).level == .skip)
    }
}
