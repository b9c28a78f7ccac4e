import ByteCore
import Glibc
import MasterProcess
import PosixIO
import ProxyWire
import SupervisorCore
import Testing

@testable import PointerscopeCommands

/// How `serve` is reached: addresses, origins, proxies, and what stands twice in a file.
@Suite struct NetworkOptionTests {
    private func settings(_ arguments: [String], file: String? = nil) throws -> ServeSettings {
        let outcome = try OptionParser(command: .serve).parse(
            arguments: arguments + (file == nil ? [] : ["--config=f"]), environment: [:]
        ) { _ throws(UnreadableFile) in file ?? "" }
        guard case .run(let values) = outcome else { throw UsageError(message: "help", exitStatus: .success) }
        return try ServeSettings(values, environment: ["HOME": "/ann"])
    }

    private func refusal(_ arguments: [String], file: String? = nil) -> UsageError? {
        do {
            _ = try settings(arguments, file: file)
            return nil
        } catch { return error as? UsageError }
    }

    @Test func unixSocketsAreOfThisMachine() throws {
        let settings = try settings(["--ingest", "unix:/run/i.sock", "--http=unix:h.sock"])
        #expect(settings.ingest.path == "/run/i.sock" && settings.http.text == "unix:h.sock")
    }

    @Test(arguments: [
        (["--ingest=unix:/a", "--http=unix:/a"], "give them two paths"),
        (["--ingest=127.0.0.1:80", "--http=127.0.0.1:80"], "give them two ports"),
        (["--http=unix:"], "needs a path"),
        (["--http=unix:" + String(repeating: "a", count: 200)], "200 bytes, and the system takes 107"),
        (["--http=[::]:2112"], "say under which name with --public-url"),
        (["--http=[::]:2112", "--auth=none"], "with --auth none only loopback addresses are served"),
        (["--socket-group=no-such-group-here"], "is no group of this machine"),
        (["--trusted-proxy=10.0.0.1/8"], "did you mean 10.0.0.0/8?"),
        (["--trusted-proxy=caddy.example"], "must be a network or an address"),
        (["--forwarded=X-Real-IP"], "name the proxy with --trusted-proxy"),
        (["--forwarded=X-Forwarded-Host", "--trusted-proxy=unix"], "names no client"),
        (["--proxy-protocol", "--demo"], "leave out the PROXY headers"),
        (["--proxy-protocol=yes"], "must be one of ingest, http, both"),
        (["--address-limit=many"], "must be a whole number from 0 to 1000000"),
        (["--address-rate=-1"], "must be a whole number from 0 to 1000000"),
        (["--unlimited=10.0.0.1/8"], "did you mean 10.0.0.0/8?"),
        (["--unlimited=unix"], "must be a network or an address"),
    ])
    func badOnesNameThemselvesAndTheMend(arguments: [String], message: String) throws {
        let failure = try #require(refusal(arguments))
        #expect(failure.message.contains(message), "\(failure.message)")
        #expect(failure.message.contains("--"))
        #expect(failure.exitStatus == .usage)
    }

    @Test func proxies() throws {
        let file =
            "trusted-proxy = 10.0.0.0/8, fd00::/8\ntrusted-proxy=unix\nproxy-protocol = http\nforwarded=x-real-ip\n"
        let network = try settings([], file: file).network
        #expect(network.trust.proxies.words == ["10.0.0.0/8", "fd00::/8", "unix"])
        #expect(network.trust.field.name == "x-real-ip")
        #expect(network.expectsProxyHeaders == (false, true))
        #expect(try settings(["--proxy-protocol"]).network.expectsProxyHeaders == (true, true))
        #expect(try settings(["--proxy-protocol=ingest"]).network.expectsProxyHeaders == (true, false))
        #expect(try settings([]).network.expectsProxyHeaders == (false, false))
        #expect(try settings(["--socket-group=0"]).network.socketGroup == 0)
        #expect(try settings(["--socket-group=root"]).network.socketGroup == 0)
    }

    @Test func whatOneAddressMayHave() throws {
        #expect(try settings([]).network.door == DoorSettings())
        let door = try settings([
            "--address-limit=7", "--address-rate=0", "--limit-loopback",
            "--unlimited=10.0.0.0/8", "--unlimited", "2001:db8::1",
        ]).network.door
        #expect(door.limits == AddressLimits(connections: 7, newPerSecond: 0) && door.countsLoopback)
        #expect(door.unlimited.map(\.text) == ["10.0.0.0/8", "2001:db8::1/128"])
    }

    // RFC 6454 section 6.2, and what the URL standard's serializer makes of hosts.
    @Test(arguments: [
        ("https://a.example", "https://a.example"), ("HTTPS://A.Example:443", "https://a.example"),
        ("http://a.example:80", "http://a.example"), ("http://a.example:443", "http://a.example:443"),
        ("https://a.example:08443", "https://a.example:8443"),
        ("http://[2001:DB8:0:0::1]:8080", "http://[2001:db8::1]:8080"),
        ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://a.example.", "https://a.example."), ("capacitor://localhost", "capacitor://localhost"),
        ("moz-extension://0a1b", "moz-extension://0a1b"), ("null", "null"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ])
    func originsAreWrittenAsBrowsersDo(text: String, canonical: String) throws {
        #expect(try settings(["--origin", text]).origins == [canonical])
    }

    @Test(arguments: [
        ("https://*.example", "browsers send no wildcards"),
        ("https://a.example/", "with no path: https://a.example"),
        ("https://a.example/shop/x", "with no path: https://a.example"),
        ("https://me:pw@a.example", "no password: https://a.example"),
        ("https://bücher.example", "in ASCII"), ("a.example", "must be scheme://host"),
        ("https://", "must be scheme://host"),
        ("https:a.example", "must be scheme://host"),
        ("https://a.example:65536", "no number from 0 to 65535"),
        ("https://a.example:", "no number from 0 to 65535"), ("https://a..example", "neither a name nor"),
        ("https://::1", "goes in brackets"), ("https://[1.2.3.4]", "goes in brackets"),
        ("https://127.1", "four numbers"),
        ("https://a.example?x", "nothing behind it"), ("1s://a", "must be scheme://host"),
        ("https://a b", "a character"),
        ("", "must be scheme://host"), ("https://.", "neither a name"), ("https://a%41", "neither a name"),
    ])
    func originsThatNoBrowserSends(text: String, message: String) throws {
        let failure = try #require(refusal(["--origin=\(text)"]))
        #expect(failure.message.contains(message), "\(failure.message)")
    }

    @Test func aRepeatableOptionTwiceInAFileAdds() throws {
        let file = "origin = https://a.example\nworkers = 2\norigin = https://b.example, https://C.example\n"
        #expect(
            try settings([], file: file).origins == [
                "https://a.example", "https://b.example", "https://c.example",
            ])
        #expect(try settings(["--origin=null"], file: file).origins == ["null"])
    }

    @Test func anotherOptionTwiceInAFileIsRefused() throws {
        let failure = try #require(refusal([], file: "workers = 2\n# two\n\nworkers = 3\n"))
        #expect(failure.message == "f:4: workers is set on line 1 already; keep one of the two")
        #expect(failure.exitStatus == .configuration)
        // What belongs to another command is that command's to judge.
        #expect(try settings([], file: "rate = 1\nrate = 2\n").workerCount > 0)
    }

    @Test func whatAFileSaysIsNamedByItsLine() throws {
        let failure = try #require(refusal([], file: "\nforwarded = Forwarded\n"))
        #expect(failure.message.hasPrefix("f:2: forwarded Forwarded: "))
        #expect(failure.exitStatus == .configuration)
    }
}
