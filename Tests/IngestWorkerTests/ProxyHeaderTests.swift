import PosixIO
import ProxyWire
import Telemetry
import Testing

@testable import IngestWorker

/// Connections that begin with a PROXY header, on a worker's side.
@Suite struct ProxyHeaderTests {
    private let line = Array("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".utf8)

    /// Whether the worker has given a connection up.
    private func isOver(_ visitor: Visitor, _ bench: WorkerBench) -> Bool {
        bench.connection(of: visitor) == nil
    }

    @Test func aHandshakeStandsBehindItsHeader() throws {
        let bench = try WorkerBench(proxies: TrustedProxies())
        for isTogether in [true, false] {
            let visitor = try bench.call()
            if isTogether {
                visitor.say(line + Visitor.handshake)
            } else {
                for byte in line + Visitor.handshake {
                    visitor.say([byte])
                    bench.settle()
                }
            }
            bench.settle()
            #expect(String(decoding: visitor.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        }
        #expect(bench.counters.value(.proxyHeadersAbsent) == 0)
    }

    @Test func whoSaysSomethingElseIsClosedAndCounted() throws {
        let bench = try WorkerBench(proxies: TrustedProxies())
        let long = [UInt8]("PROXY UNKNOWN ".utf8) + [UInt8](repeating: 120, count: 200)
        for (said, counter) in [
            (Visitor.handshake, WorkerCounter.proxyHeadersAbsent),
            (Array("PROXY TCP4 1.2.3.4\r\n".utf8), .proxyHeadersMalformed), (long, .proxyHeadersTooLong),
        ] {
            let visitor = try bench.call()
            visitor.say(said)
            bench.settle()
            #expect(isOver(visitor, bench) && visitor.hear().isEmpty)
            #expect(bench.counters.value(counter) == 1)
        }
    }

    @Test func aHeaderHasThreeSeconds() throws {
        let bench = try WorkerBench(proxies: TrustedProxies())
        let (silent, slow, quick) = (try bench.call(), try bench.call(), try bench.call())
        slow.say(Array(line.dropLast()))
        bench.settle()
        bench.pass(seconds: 3)
        #expect(!isOver(silent, bench) && !isOver(slow, bench))
        quick.say(line + Visitor.handshake)
        bench.settle()
        bench.pass(seconds: 1)
        #expect(isOver(silent, bench) && isOver(slow, bench))
        #expect(bench.counters.value(.proxyHeadersLate) == 2)
        #expect(String(decoding: quick.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        // One that comes after its time counts as late, whenever the clocks are looked at next.
        let late = try bench.call()
        bench.pass(seconds: 3)
        late.say(line)
        bench.passQuietly(seconds: 1)
        bench.settle()
        #expect(isOver(late, bench))
        #expect(bench.counters.value(.proxyHeadersLate) == 3)
    }

    /// A connection of the bench is a socket of this machine.
    @Test func onlyTheListedMayPassConnectionsOn() throws {
        let bench = try WorkerBench(proxies: TrustedProxies(parsing: ["unix"]))
        let visitor = try bench.call()
        visitor.say(line + Visitor.handshake)
        bench.settle()
        #expect(String(decoding: visitor.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        let other = try WorkerBench(proxies: TrustedProxies(parsing: ["192.0.2.0/24"]))
        let stranger = try other.call()
        #expect(isOver(stranger, other))
        #expect(other.counters.value(.proxyPeersUntrusted) == 1)
        #expect(other.counters.value(.connectionsOpen) == 0)
    }
}
