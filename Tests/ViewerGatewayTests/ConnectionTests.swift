import PosixIO
import Testing

@testable import ViewerGateway

@Suite struct ConnectionTests {
    private let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test(arguments: [false, true])
    func aConnectionIsKeptAndPipelined(byteByByte: Bool) throws {
        let fixture = try Fixture()
        var requests = ""
        for index in 0..<40 {
            requests += index % 2 == 0 ? health : "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
        }
        let answers = try fixture.exchange(requests, answers: 40, byteByByte: byteByByte)
        #expect(answers.map(\.status) == (0..<40).map { $0 % 2 == 0 ? 200 : 404 })
        #expect(answers.allSatisfy { $0.fields["connection"] == "keep-alive" })
    }

    @Test func largeAnswersArePipelinedToASlowReader() throws {
        let fixture = try Fixture()
        let request = "GET /pointerscope.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let one = try Client(fixture.gateway.address)
        one.send(request)
        _ = fixture.run {
            one.receive()
            return !Response.parse(one.received, isHead: false, ended: false).isEmpty
        }
        let client = try Client(fixture.gateway.address, receiveBufferBytes: 128 * 1024)
        client.send(String(repeating: request, count: 300))
        #expect(
            fixture.run {
                client.receive(limit: 30_000)
                return client.hasEnded || client.received.count >= 300 * one.received.count
            })
        // Parsed, because the date changes when a second ends between two answers.
        let whole = try #require(Response.parse(one.received, isHead: false, ended: false).first)
        let answers = Response.parse(client.received, isHead: false, ended: false)
        let areAlike = answers.allSatisfy {
            $0.body == whole.body && $0.lastingFields == whole.lastingFields
        }
        #expect(answers.count == 300 && areAlike)
        #expect(client.received.count == 300 * one.received.count)
    }

    @Test func aFileLargerThanTheKernelTakesIsWhole() throws {
        let fixture = try Fixture()
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 12 << 20, alignment: 8)
        defer { bytes.deallocate() }
        for index in 0..<(bytes.count / 8) {
            bytes.storeBytes(of: UInt64(index), toByteOffset: index * 8, as: UInt64.self)
        }
        fixture.gateway.files = [
            StaticFile(path: "snippet/pointerscope.js", bytes: UnsafeRawBufferPointer(bytes))
        ]
        let client = try Client(fixture.gateway.address, receiveBufferBytes: 128 * 1024)
        client.send("GET /pointerscope.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in 0..<20 { fixture.turn(timeoutMilliseconds: 1) }
        #expect(fixture.gateway.counters.bytesSent < 12 << 20)
        #expect(
            fixture.run {
                client.receive()
                return client.received.count > 12 << 20
            })
        let isWhole = client.received.suffix(12 << 20).elementsEqual(bytes)
        #expect(isWhole)
    }

    @Test func anAnswerNobodyTakesIsDropped() throws {
        let fixture = try Fixture()
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 12 << 20, alignment: 8)
        defer { bytes.deallocate() }
        bytes.initializeMemory(as: UInt8.self, repeating: 65)
        fixture.gateway.files = [
            StaticFile(path: "snippet/pointerscope.js", bytes: UnsafeRawBufferPointer(bytes))
        ]
        let client = try Client(fixture.gateway.address, receiveBufferBytes: 4096)
        client.send("GET /pointerscope.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(fixture.run { fixture.gateway.counters.bytesSent > 0 })
        fixture.advance(seconds: 29)
        for _ in 0..<10 { fixture.turn(timeoutMilliseconds: 1) }
        #expect(fixture.gateway.connections.count == 1)
        fixture.advance(seconds: 30)
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
        #expect(fixture.gateway.counters.timeouts == 1)
        client.close()
    }

    @Test func closeIsHonoured() throws {
        let fixture = try Fixture()
        let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" + health
        let answers = try fixture.exchange(request, answers: 2)
        #expect(answers.count == 1 && answers[0].fields["connection"] == "close")
        #expect(try fixture.exchange(health.replacing("1.1", with: "1.0") + health, answers: 2).count == 1)
    }

    @Test(arguments: [
        "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "Content-Length: 60000\r\n\r\n",
    ])
    func aBodyEndsTheConnectionWithTheAnswer(rest: String) throws {
        let fixture = try Fixture()
        for method in ["GET", "POST"] {
            let request = "\(method) /healthz HTTP/1.1\r\nHost: localhost\r\n\(rest)\(health)"
            let answers = try fixture.exchange(request, answers: 2)
            #expect(answers.count == 1)
            #expect(answers.first?.status == (method == "GET" ? 200 : 405))
            #expect(answers.first?.fields["connection"] == "close")
        }
    }

    @Test func aClientThatEndsItsSideIsStillAnswered() throws {
        let fixture = try Fixture()
        let client = try Client(fixture.gateway.address)
        client.send(health + health)
        client.endWriting()
        #expect(
            fixture.run {
                client.receive()
                return client.hasEnded
            })
        #expect(Response.parse(client.received, isHead: false, ended: true).count == 2)
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
    }

    @Test func aDrippingHeadIsTimedOut() throws {
        let fixture = try Fixture()
        let client = try Client(fixture.gateway.address)
        for byte in Array("GET /healthz HTT".utf8) {
            client.send([byte])
            fixture.turn(timeoutMilliseconds: 1)
            fixture.advance(seconds: 0.7)
        }
        #expect(
            fixture.run {
                client.receive()
                return client.hasEnded
            })
        #expect(Response.parse(client.received, isHead: false, ended: true).first?.status == 408)
    }

    @Test func idleConnectionsAreClosed() throws {
        let fixture = try Fixture()
        let silent = try Client(fixture.gateway.address)
        let kept = try Client(fixture.gateway.address)
        kept.send(health)
        #expect(
            fixture.run {
                kept.receive()
                return !kept.received.isEmpty && fixture.gateway.connections.count == 2
            })
        fixture.advance(seconds: 11)
        #expect(
            fixture.run {
                silent.receive()
                return silent.hasEnded
            })
        kept.receive()
        #expect(!kept.hasEnded && silent.received.isEmpty)
        fixture.advance(seconds: 50)
        #expect(
            fixture.run {
                kept.receive()
                return kept.hasEnded
            })
    }
}
