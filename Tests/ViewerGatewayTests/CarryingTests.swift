import AccessControl
import BroadcastHub
import ByteCore
import ProxyWire
import TestSupport
import Testing

@testable import ViewerGateway

/// Connections of the HTTP port, as a successor has them.
struct CarryingTests {
    @Test func whomSomethingIsFromIsReadAsItWasWritten() {
        let address = IPAddress(v4: 0xC000_0201)
        for client in [.unnamed, .peer(.unixSocket), .peer(.ip(address)), .named(address)] as [ClientAddress]
        {
            let record = CarriedClient(client)
            #expect(handedOver(record)?.client == client)
            #expect(faultOfReading(record) == nil)
        }
    }

    private func caller() -> CarriedCaller {
        var caller = CarriedCaller()
        caller.descriptor = 12
        caller.peer = CarriedClient(.peer(.unixSocket))
        caller.source = CarriedClient(.named(IPAddress(v4: 1)))
        caller.since = 5
        caller.input = Array("GET / HT".utf8)
        caller.output = Array("data: ".utf8)
        caller.awaited = 2
        caller.withBody = true
        caller.grant = Grant()
        var stream = CarriedStream()
        stream.name = Array("ada".utf8)
        stream.look = Array("visitor".utf8)
        stream.farewell = Farewell(text: [1, 2], isSaid: true, endsAt: 9)
        caller.stream = stream
        return caller
    }

    @Test func aConnectionIsReadAsItWasWritten() throws {
        let record = caller()
        #expect(faultOfReading(record) == nil)
        let read = try #require(handedOver(record))
        #expect(read.input == record.input && read.output == record.output && read.awaited == 2)
        #expect(read.stream?.look == record.stream?.look && read.stream?.farewell?.isSaid == true)
    }

    @Test func whatNoConnectionIsIsRefused() {
        var record = caller()
        record.awaited = 3
        #expect(handedOver(record) == nil, "an answer that there is not")
        record = caller()
        record.peer = CarriedClient(.named(IPAddress(v4: 1)))
        #expect(handedOver(record) == nil, "a peer that a proxy names")
        var gateway = CarriedGateway()
        gateway.callers = [caller(), caller()]
        for place in 0..<2 { gateway.callers[place].stream?.isFront = true }
        #expect(handedOver(gateway) == nil, "two terminals")
        gateway.callers[0].stream?.isFront = false
        #expect(handedOver(gateway) != nil)
    }

    @Test func countersGoOn() throws {
        var counters = GatewayCounters()
        counters.bytesSent = 7
        counters.count(.slow)
        counters.count(PollOutcome.gone)
        let read = try #require(handedOver(counters))
        #expect(read.bytesSent == 7 && read.viewersClosed == counters.viewersClosed)
        #expect(read.polls == counters.polls && read.polls.contains(1))
        var other = counters
        other.polls.append(1)
        #expect(handedOver(other) == nil, "of another program, which counts more")
        var access = AccessCounters()
        access[.rights] = 3
        #expect(handedOver(access)?[.rights] == 3)
    }
}
