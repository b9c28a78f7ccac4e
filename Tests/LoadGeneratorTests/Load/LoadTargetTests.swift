import PosixIO
import Testing

@testable import LoadGenerator

@Suite struct LoadTargetTests {
    private func target(_ text: String) throws(LoadTarget.ParseError) -> LoadTarget {
        try LoadTarget(parsing: text, scheme: "ws", defaultPort: 8081, defaultPath: "/")
    }

    private func reason(_ text: String) -> String? {
        do throws(LoadTarget.ParseError) {
            _ = try target(text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func readsWhatPeopleWrite() throws {
        #expect(try target("ws://127.0.0.1:9000/a/b?c=d").path == "/a/b?c=d")
        #expect(try target("WS://127.0.0.1:9000").authority == "127.0.0.1:9000")
        #expect(try target("127.0.0.1").address.port == 8081)
        #expect(try target("localhost:80").address.host == "127.0.0.1")
        #expect(try target("localhost:80").authority == "localhost:80")
        #expect(try target("[::1]").address.text == "[::1]:8081")
        #expect(try target("[::1]:7/x").address.port == 7)
        #expect(try target("127.0.0.1?x").path == "/?x")
    }

    @Test func saysWhatIsWrong() {
        #expect(reason("wss://127.0.0.1")?.contains("TLS") == true)
        #expect(reason("https://127.0.0.1")?.contains("TLS") == true)
        #expect(reason("http://127.0.0.1")?.contains("ws://") == true)
        #expect(reason("ws:///path")?.contains("no host") == true)
        #expect(reason("ws://user@127.0.0.1")?.contains("names a user") == true)
        #expect(reason("127.0.0.1:0")?.contains("1 to 65535") == true)
        #expect(reason("127.0.0.1:99999")?.contains("1 to 65535") == true)
        #expect(reason("127.0.0.1/a b")?.contains("character") == true)
        #expect(reason("")?.isEmpty == false)
    }
}

@Suite struct LoadShareTests {
    @Test func everyVisitorAndViewerIsSomebodys() throws {
        var plan = LoadPlan(
            target: try LoadTarget(parsing: "127.0.0.1", scheme: "ws", defaultPort: 1, defaultPath: "/"))
        plan.visitors = 45_000
        plan.viewers = 2
        for count in 1...7 {
            let shares = (0..<count).map { LoadShare(of: plan, index: $0, count: count) }
            #expect(shares.flatMap { Array($0.visitors) } == Array(0..<45_000))
            #expect(shares.flatMap { Array($0.viewers) } == [0, 1])
        }
    }

    @Test func asManyProcessesAsTheDescriptorsAskFor() throws {
        var plan = LoadPlan(
            target: try LoadTarget(parsing: "127.0.0.1", scheme: "ws", defaultPort: 1, defaultPath: "/"))
        plan.visitors = 15_000
        #expect(plan.processCount(descriptors: 20_000) == 1)
        plan.visitors = 45_000
        #expect(plan.processCount(descriptors: 20_000) == 3)
        #expect(plan.processCount(descriptors: 1_000_000) == 3)
        plan.visitors = 100
        #expect(plan.processCount(descriptors: 1024) == 1)
        plan.processes = 4
        #expect(plan.processCount(descriptors: 1024) == 4)
    }
}
