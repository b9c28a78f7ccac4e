import BroadcastHub
import ByteCore
import PosixIO
import Testing

@testable import ViewerGateway

/// What the master would answer.
final class FakeSource: GatewaySource {
    var readiness = Readiness.ready
    var ingestAddress = "127.0.0.1:8081"
    var ingestAuthority: String { ingestAddress }
    var uptimeSeconds = 12.34
    var conflatedInRelay: UInt64 = 5
    /// How often the state and the metrics were made.
    private(set) var states = 0
    private(set) var metrics = 0
    /// Spaces in the totals, to make them long.
    var padding = 0
    weak var gateway: ViewerGateway?

    func appendWorkers(to text: inout ByteBuffer) {
        text.append("[{\"pid\":42,\"state\":\"running\",\"connections\":3,\"rate\":1.5,")
        text.append("\"restarts\":0,\"rss\":1048576}]")
    }

    func appendTotals(to text: inout ByteBuffer) {
        states += 1
        text.append("{\"received\":7")
        if padding > 0 {
            [UInt8](repeating: 32, count: padding).withUnsafeBytes { text.append($0) }
        }
        text.append("}")
    }

    func appendSampling(to text: inout ByteBuffer) {
        text.append("{\"rate\":30,\"batch\":50,\"why\":\"watched\"}")
    }

    func appendRefusals(to text: inout ByteBuffer) { text.append("{\"1002\":1,\"capacity\":0}") }

    /// The link for the first admin, while there is one.
    var invite: StaticString?

    func appendInvite(to text: inout ByteBuffer) -> Bool {
        guard let invite else { return false }
        text.append(invite)
        return true
    }

    /// What it was given for its log when last asked.
    var logLimit: Int?

    func appendLog(to text: inout ByteBuffer, limit: Int) {
        logLimit = limit
        text.append(limit < 19 ? "[]" : "[{\"event\":\"ready\"}]")
    }

    func appendMetrics(to text: inout ByteBuffer) {
        metrics += 1
        gateway?.appendMetrics(to: &text, now: MonotonicClock.now())
    }
}

/// The real gateway on a free port of 127.0.0.1 with a loop of its own, turned by the test.
final class Fixture {
    static let boot: UInt64 = 0x00C0_FFEE_00C0_FFEE
    private static let second: Int64 = 1_000_000_000

    let poller: Poller
    let hub: BroadcastHub
    let budget: ByteBudget
    let source = FakeSource()
    let gateway: ViewerGateway
    /// Added to the clock, so that a test need not wait for a timeout.
    var skew: Int64 = 0
    private(set) var turns = 0

    /// `ringBytes` small makes a viewer fall off the ring soon, `heldBytes` small memory scarce.
    init(
        settings: GatewaySettings = GatewaySettings(), ringBytes: Int = 8 * 1024 * 1024,
        heldBytes: Int = 64 * 1024 * 1024, address: String = "127.0.0.1:0", gate: AccessGate? = nil
    ) throws {
        budget = ByteBudget(limit: heldBytes)
        var limits = HubLimits.standard
        limits.ringBytes = ringBytes
        hub = BroadcastHub(
            boot: Fixture.boot, epochOffsetNanoseconds: 0, limits: limits, budget: budget, hashSeed: 1)
        poller = try Poller()
        let listener = try Listener(on: SocketAddress(parsing: address))
        gateway = ViewerGateway(
            listener: listener, hub: hub, budget: budget, source: source, settings: settings, gate: gate,
            kind: 7)
        source.gateway = gateway
        try gateway.start(poller)
    }

    var now: Int64 { MonotonicClock.now() + skew }

    /// Lets the clock jump.
    func advance(seconds: Double) { skew += Int64(seconds * Double(Self.second)) }

    /// One turn of the loop, as the master's.
    func turn(timeoutMilliseconds: Int32 = 0) {
        turns += 1
        let ready = (try? poller.wait(timeoutMilliseconds: timeoutMilliseconds)) ?? 0
        for index in 0..<ready {
            let event = poller.event(at: index)
            if gateway.owns(event.token) { gateway.handle(event, poller, now: now) }
        }
        gateway.tick(poller, now: now)
        hub.endTurn(now: now)
        hub.tick(now: now)
        gateway.serve(poller, now: now)
    }

    /// Turns until `condition` holds; false after 20 s, which is far longer than anything here takes.
    func run(until condition: () throws -> Bool) rethrows -> Bool {
        let deadline = MonotonicClock.now() + 20 * Self.second
        while MonotonicClock.now() < deadline {
            if try condition() { return true }
            turn(timeoutMilliseconds: 1)
        }
        return try condition()
    }

    /// Sends `request`, whole or a byte at a time, and returns the answers up to `count`, or to the end.
    func exchange(_ request: String, answers count: Int = 1, byteByByte: Bool = false) throws -> [Response] {
        let client = try Client(gateway.address)
        defer { client.close() }
        if byteByByte {
            for byte in Array(request.utf8) {
                client.send([byte])
                turn()
            }
        } else {
            client.send(Array(request.utf8))
        }
        let isHead = request.hasPrefix("HEAD ")
        var answers: [Response] = []
        _ = run {
            client.receive()
            answers = Response.parse(client.received, isHead: isHead, ended: client.hasEnded)
            return answers.count >= count || client.hasEnded
        }
        return answers
    }

    /// The one answer to a request.
    func answer(_ request: String, byteByByte: Bool = false) throws -> Response {
        try #require(try exchange(request, byteByByte: byteByByte).first)
    }

    /// GET with the Host that is right.
    func get(_ target: String, _ fields: String = "", method: String = "GET") throws -> Response {
        try answer("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
    }
}
