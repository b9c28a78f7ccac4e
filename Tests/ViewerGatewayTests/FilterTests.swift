import AccessControl
import BroadcastHub
import Foundation
import PosixIO
import Testing

@testable import ViewerGateway

/// Streams that show some, and begin to show others.
@Suite struct FilterTests {
    static let word = "K1rPq0cX2mVz7yQw"

    private func body(_ lists: String, word: String = word, token: String? = nil) -> String {
        #"{"viewer":"\#(word)"\#(lists)\#(token.map { #","token":"\#($0)""# } ?? "")}"#
    }

    private func post(
        _ fixture: Fixture, _ body: String, _ fields: String = "", type: String = "application/json"
    ) throws -> Response {
        try fixture.answer(
            "POST /receive/ann/filter HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n\(fields)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)", byteByByte: body.utf8.count < 64)
    }

    private func watch(_ fixture: Fixture, _ query: String, _ fields: String = "") throws -> Watcher {
        let before = fixture.gateway.streamCount
        let watcher = try Watcher(fixture, "/receive/ann?\(query)", fields)
        #expect(fixture.run { fixture.gateway.streamCount == before + 1 })
        return watcher
    }

    @Test func aStreamShowsWhatItWasAskedFor() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let watcher = try watch(fixture, "page=%2Fshop%2F*&page=/a%20b&visitor=u&visitor=v")
        for (id, page) in [("u", "/shop/x"), ("w", "/shop/x"), ("v", "/a b"), ("u", "/other")] {
            crowd.move(id, 1, 2, page: page)
        }
        let isThere = try fixture.run {
            try watcher.read()
            return watcher.messages.count == 3
        }
        #expect(isThere)
        #expect(
            watcher.messages.map(\.data) == [
                #"{"id":"u","x":1,"y":2,"p":"/shop/x"}"#, #"{"id":"v","x":1,"y":2,"p":"/a b"}"#,
                #"{"kill":"u"}"#,
            ])
    }

    @Test(arguments: [
        ("page=", "page"), ("page=%FF", "page"), ("page=%2", "page"), ("visitor=", "visitor"),
        ("visitor=" + String(repeating: "a", count: 65), "visitor"),
        ("page=" + String(repeating: "a", count: 257), "page"), ("visitor", "visitor"),
        (Array(repeating: "page=/a", count: 17).joined(separator: "&"), "page"),
        (Array(repeating: "visitor=a", count: 17).joined(separator: "&"), "visitor"),
    ])
    func whatIsNoFilterIsRefusedByName(query: String, name: String) throws {
        let fixture = try Fixture()
        for path in ["/receive/ann", "/poll/ann"] {
            let answer = try fixture.get("\(path)?\(query)")
            #expect(answer.status == 400 && answer.text.hasPrefix("\(name) "))
        }
        let reason = FilterOutcome.allCases.first { $0.word.description == name }!
        #expect(fixture.gateway.counters.filters[reason.rawValue] == 2)
    }

    @Test func theSameStreamGoesOnWithAnotherFilter() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        crowd.move("u", 1, 2, page: "/a")
        crowd.move("v", 3, 4, page: "/b")
        fixture.turn()
        let watcher = try watch(fixture, "shape=frames&hz=60&page=/a&viewer=\(Self.word)")
        func keyframes(_ count: Int) throws -> [String] {
            _ = try fixture.run {
                try watcher.read()
                return watcher.messages.count { $0.event == "keyframe" } >= count
            }
            return watcher.messages.filter { $0.event == "keyframe" }.map(\.data)
        }
        #expect(try keyframes(1).last?.contains(#"[{"id":"u""#) == true)
        #expect(try post(fixture, body(#","page":["/b"],"visitor":[]"#)).status == 204)
        let second = try keyframes(2).last ?? ""
        #expect(second.contains(#"[{"id":"v""#) && !second.contains(#""u""#))
        #expect(try post(fixture, body("")).status == 204)
        let third = try keyframes(3).last ?? ""
        #expect(third.contains(#""v""#) && third.contains(#""u""#))
        let boots = watcher.messages.filter { $0.event == "keyframe" }.map { $0.id.prefix(16) }
        #expect(Set(boots).count == 3 && fixture.gateway.streamCount == 1)
        crowd.move("u", 5, 6)
        let isThere = try fixture.run {
            try watcher.read()
            return watcher.messages.contains { $0.event == "frame" && $0.data.contains(#""x":5"#) }
        }
        #expect(isThere)
        #expect(fixture.hub.counters.filterChanges == 2)
    }

    @Test func misuseIsRefusedAndCounted() throws {
        let fixture = try Fixture()
        let watcher = try watch(fixture, "viewer=\(Self.word)")
        _ = watcher
        for method in ["GET", "HEAD"] {
            #expect(try fixture.get("/receive/ann/filter", method: method).status == 405)
        }
        #expect(try fixture.get("/receive/a+b/filter").status == 404)
        #expect(try fixture.get("/receive//filter").status == 404)
        let good = body(#","page":["/a"]"#)
        #expect(try post(fixture, good, type: "text/plain").status == 415)
        #expect(try post(fixture, good, "Origin: https://evil.example\r\n").status == 403)
        #expect(try post(fixture, good, "Origin: null\r\n").status == 403)
        for broken in [
            "", "{", "[]", #"{"page":["/a"]}"#, good + "x", body(#","page":"/a""#), body(#","page":[1]"#),
            body(#","page":["/a"],"page":[]"#), body(#","page":[""]"#), body(#","page":null"#),
            body(#","visitor":["\#(String(repeating: "a", count: 65))"]"#), body(#","page":[["/a"]]"#),
            body(",\"page\":[\(Array(repeating: "\"/a\"", count: 17).joined(separator: ","))]"),
        ] {
            #expect(try post(fixture, broken).status == 400, "\(broken)")
        }
        #expect(try post(fixture, body("", word: "another-word-of-mine")).status == 404)
        #expect(try post(fixture, body("", word: "short")).status == 404)
        let long = body(#","page":["\#(String(repeating: "a", count: 17_000))"]"#)
        #expect(try post(fixture, long).status == 413)
        let lengthless = "POST /receive/ann/filter HTTP/1.1\r\nHost: localhost\r\n\r\n"
        #expect(try fixture.answer(lengthless).status == 411)
        let counters = fixture.gateway.counters.filters
        #expect(
            counters[FilterOutcome.forged.rawValue] == 2 && counters[FilterOutcome.noStream.rawValue] == 2)
        #expect(counters[FilterOutcome.visitor.rawValue] == 1 && counters[FilterOutcome.page.rawValue] == 2)
        #expect(counters[FilterOutcome.malformed.rawValue] == 10)
    }

    @Test func changesAreBounded() throws {
        let fixture = try Fixture()
        let watcher = try watch(fixture, "viewer=\(Self.word)")
        _ = watcher
        // All at once, however slow the machine is.
        let clients = try (0..<12).map { place in
            let client = try Client(fixture.gateway.address)
            let said = body(#","page":["/\#(place)"]"#)
            client.send(
                "POST /receive/ann/filter HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(said.utf8.count)\r\n\r\n\(said)")
            return client
        }
        var answers: [Response] = []
        _ = fixture.run {
            clients.forEach { $0.receive() }
            answers = clients.flatMap { Response.parse($0.received, isHead: false, ended: $0.hasEnded) }
            return answers.count == 12
        }
        #expect(answers.count { $0.status == 204 } >= 10)
        let late = try #require(answers.first { $0.status == 429 })
        #expect(late.fields["retry-after"] == "1")
        fixture.advance(seconds: 0.3)
        #expect(try post(fixture, body("")).status == 204)
    }

    @Test func newFiltersOfNewStreamsAreBounded() throws {
        let fixture = try Fixture()
        let began = ContinuousClock.now
        var refused: Response?
        var made = 0
        while refused == nil, made < 1_000 {
            let client = try Client(fixture.gateway.address)
            client.send("GET /receive/ann?visitor=v\(made) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = fixture.run {
                client.receive()
                return client.received.contains { $0 == UInt8(ascii: "\n") }
            }
            refused = Response.parse(client.received, isHead: false, ended: true).first { $0.status == 429 }
            if refused == nil { made += 1 }
        }
        let gained = Int((ContinuousClock.now - began) / .nanoseconds(Limits.newFiltersOfNameNanoseconds))
        #expect((Limits.newFiltersOfNameBurst...Limits.newFiltersOfNameBurst + gained + 1).contains(made))
        #expect(refused?.fields["retry-after"] == "1")
        #expect(fixture.gateway.counters.filters[FilterOutcome.tooManyNew.rawValue] == 1)
        // One that is kept is nothing new, and neither is none.
        #expect(try fixture.answer(Self.poll("visitor=v\(made - 1)")).status == 200)
        #expect(try fixture.answer(Self.poll("hz=30")).status == 200)
        // Polls are bounded as streams are; meanwhile it may have gained some.
        #expect(
            try (0..<1_000).contains { number in
                try fixture.answer(Self.poll("visitor=another\(number)")).status == 429
            })
    }

    private static func poll(_ query: String) -> String {
        "GET /poll/ann?shape=frames&\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n"
    }

    @Test func asManyFiltersAsThereMayBe() throws {
        let fixture = try Fixture()
        let all = try (0..<44).map { try watch(fixture, "visitor=v\($0)") }
        let more = try fixture.get("/receive/ann?visitor=more")
        #expect(more.status == 503 && more.text.contains("filters"))
        #expect(try fixture.get("/poll/ann?visitor=more").status == 503)
        let whole = try watch(fixture, "viewer=\(Self.word)")
        #expect(try post(fixture, body(#","visitor":["more"]"#)).status == 503)
        #expect(try post(fixture, body(#","visitor":["v3"]"#)).status == 204)
        #expect(fixture.gateway.counters.filters[FilterOutcome.noRoom.rawValue] == 3)
        _ = (all, whole)
    }

    private func code(_ fixture: Fixture, _ cookie: String) throws -> String {
        let text = try fixture.get("/api/session", cookie).text
        let parts = text.components(separatedBy: "\"token\":\"")
        return String(try #require(parts.dropFirst().first).prefix { $0 != "\"" })
    }

    @Test func onlyItsOwnSessionChangesAStream() throws {
        let gated = try GateFixture()
        let fixture = gated.fixture
        let cookie = try gated.cookie(of: "ben")
        let own = try code(fixture, cookie)
        let watcher = try watch(fixture, "viewer=\(Self.word)", cookie)
        _ = watcher
        #expect(try post(fixture, body(#","visitor":["v"]"#)).status == 401)
        #expect(try post(fixture, body(#","visitor":["v"]"#), cookie).status == 403)
        #expect(
            try post(fixture, body(#","visitor":["v"]"#, token: own), cookie).status == 204)
        let theirs = try gated.cookie(of: "ann")
        #expect(try post(fixture, body("", token: code(fixture, theirs)), theirs).status == 404)
    }
}
