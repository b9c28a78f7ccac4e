import MonitorClient
import Testing

@testable import ServerDoctor

@Suite struct SessionReportTests {
    @Test func whomTheServerSees() {
        let body =
            #"{"name":"ann","roles":["viewer",{}],"client":{"x":[1],"address":"192.0.2.1","by":"header","forwarded":"ok"},"z":null}"#
        let report = SessionReport(address: "192.0.2.1", by: "header", forwarded: .ok)
        #expect(SessionReport.parse(Array(body.utf8)) == report && !report.isLoopback)
        let nobody = #"{"client":{"address":null,"by":"peer","forwarded":"missing"}}"#
        #expect(SessionReport.parse(Array(nobody.utf8))?.isLoopback == true)
        let other =
            #" { "client" : { "forwarded" : "untrusted-peer" , "by" : "peer" , "address" : "::1" } } "#
        #expect(
            SessionReport.parse(Array(other.utf8))
                == SessionReport(address: "::1", by: "peer", forwarded: .untrustedPeer))
    }

    @Test(arguments: [
        "", "[]", "null", "{}", #"{"client":null}"#, #"{"client":{}}"#, #"{"client":[]}"#,
        #"{"client":{"address":"::1","by":"peer"}}"#,
        #"{"client":{"address":[,"by":"peer","forwarded":"ok"}}"#,
        #"{"client":{"address":"","by":"peer","forwarded":"ok"}}"#,
        #"{"client":{"address":"::1","by":"peer","forwarded":"perhaps"}}"#,
        #"{"client":{"address":"::1\u001b","by":"peer","forwarded":"ok"}}"#,
        #"{"client":{"address":"::1","by":"peer","forwarded":"ok"}} x"#,
        #"{"client":{"address":"::1","by":"peer","forwarded":"ok"}"#, "<html>",
    ])
    func whatDoesNotTell(body: String) {
        #expect(SessionReport.parse(Array(body.utf8)) == nil)
    }
}

@Suite struct PageLinkTests {
    @Test func filesOfAPage() {
        let html = """
            <!doctype html><link rel="icon" href="/ps/assets/icon.svg"><LINK href="../assets/a.css?v=1" rel="x">
            <script type="module" src="./main.js#x"></script><img alt="" src="pictures/b.png"/>
            <script src="https://cdn.example/x.js"></script><script src="//cdn.example/x.js"></script>
            <img src="data:image/png;base64,AAAA"><a href="/elsewhere"></a><script>src="no"</script>
            <link href="/ps/assets/icon.svg"><img src=""><img src="/a b"><img src="../../../../top.png">
            """
        #expect(
            PageLinks.paths(in: Array(html.utf8), page: "/ps/admin/doctor") == [
                "/ps/assets/icon.svg", "/ps/assets/a.css", "/ps/admin/main.js", "/ps/admin/pictures/b.png",
                "/top.png",
            ])
    }

    @Test func noneOfMany() {
        let html = (0..<20).map { "<img src=\"/\($0)\">" }.joined()
        #expect(PageLinks.paths(in: Array(html.utf8), page: "/") == (0..<8).map { "/\($0)" })
        #expect(PageLinks.paths(in: [], page: "/").isEmpty)
    }

    @Test func attributes() {
        #expect(
            PageLinks.value(of: "data-ingest", in: #"script src="x" data-ingest="ws://a/" async"#)
                == "ws://a/")
        #expect(PageLinks.value(of: "src", in: #"img data-src="x""#) == nil)
        #expect(PageLinks.value(of: "src", in: #"img alt=" src=" src="x""#) == "x")
        #expect(PageLinks.value(of: "src", in: "img src=") == nil)
    }
}

@Suite struct TokenFileTests {
    @Test(arguments: [
        ("ps_a_b\n", "ps_a_b"), ("  ps_a_b \r\nanother\n", "ps_a_b"), ("eyJ.x.y", "eyJ.x.y"),
    ])
    func theFirstLine(text: String, token: String) {
        #expect(TokenFile.token(in: Array(text.utf8)) == token)
    }

    @Test(arguments: ["", "\n", "\nps_a_b", "two words", "t\u{7f}", "té"])
    func noToken(text: String) {
        #expect(TokenFile.token(in: Array(text.utf8)) == nil)
    }
}

@Suite struct AnswerTests {
    @Test func wordsOfAList() {
        let answer = Answer(
            status: 200,
            fields: [
                .init(name: "cache-control", value: "no-store , No-Transform"),
                .init(name: "a", value: "x;q=1, y=2"),
            ])
        #expect(
            answer.has("no-store", in: "cache-control") && answer.has("no-transform", in: "cache-control"))
        #expect(!answer.has("store", in: "cache-control") && !answer.has("no-store", in: "a"))
        #expect(answer.has("x", in: "a") && answer.has("y", in: "a"))
    }

    @Test func firstLines() {
        func line(_ text: String) -> String { Answer(status: 200, body: Array(text.utf8)).firstLine }
        #expect(line("no worker runs\r\nx") == "no worker runs")
        #expect(line("<html>") == "" && line("\u{1b}[31m") == "" && line("") == "")
        #expect(line(String(repeating: "x", count: 999)).count == 160)
    }

    @Test func bytesWithinBytes() {
        #expect(Array("abcabd".utf8).holds("abd") && !Array("abcab".utf8).holds("abd") && ![].holds("a"))
    }
}

@Suite struct SettingsTests {
    @Test func ingestURLs() throws {
        let plain = try DoctorSettings.ingestURL(parsing: "ws://a.example/ws")
        #expect(!plain.isSecure && plain.port == 80 && plain.basePath == "/ws")
        let secure = try DoctorSettings.ingestURL(parsing: "WSS://a.example:8443")
        #expect(secure.isSecure && secure.port == 8443 && secure.basePath == "")
        #expect(DoctorSettings.ingestComplaint("http://a.example") == "must begin with ws:// or wss://")
        #expect(DoctorSettings.ingestComplaint("ws://") == "is empty; for example 127.0.0.1:2112")
    }
}
