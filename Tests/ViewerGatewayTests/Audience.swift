import BroadcastHub
import ByteCore
import Foundation
import PointerEvents
import PosixIO
import SSEWire

@testable import ViewerGateway

/// One message of an event stream.
struct Message: Equatable {
    var event: String
    var data: String
    var id: String

    /// The n of its id.
    var n: Int { Int(id.split(separator: "-").last ?? "") ?? -1 }
}

/// A client on `/receive/{name}`.
final class Watcher {
    let client: Client
    private var parser = EventStreamParser()
    private(set) var head: Response?
    private(set) var messages: [Message] = []
    /// What came behind the head, as text; only as long as `keepsText`.
    private(set) var text = ""
    var keepsText = true
    /// Without a head: the terminal's socketpair.
    private var isBare: Bool

    init(_ fixture: Fixture, _ target: String = "/receive/ann", _ fields: String = "", buffer: Int32? = nil)
        throws
    {
        client = try Client(fixture.gateway.address, receiveBufferBytes: buffer)
        client.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
        isBare = false
    }

    init(bare client: Client) {
        self.client = client
        isBare = true
    }

    /// Reads and parses what is there.
    func read(limit: Int = .max) throws {
        client.receive(limit: limit)
        var bytes = client.received[...]
        if head == nil, !isBare {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            head = Response.parse(Array(bytes[..<end.upperBound]), isHead: true, ended: true).first
            bytes = bytes[end.upperBound...]
        }
        if keepsText { text += String(decoding: bytes, as: UTF8.self) }
        try bytes.withUnsafeBytes { raw in
            var offset = 0
            while let message = try parser.next(raw, offset: &offset) {
                messages.append(
                    Message(
                        event: String(decoding: message.event, as: UTF8.self),
                        data: String(decoding: message.data, as: UTF8.self),
                        id: String(decoding: message.id, as: UTF8.self)))
            }
        }
        client.clear()
    }
}

/// Visitors that speak to a hub without a worker.
final class Crowd {
    let fixture: Fixture
    let channel: Int
    private var slots: [String: UInt32] = [:]
    private(set) var sent = 0

    init(_ fixture: Fixture, pid: Int32 = 42) {
        self.fixture = fixture
        channel = fixture.hub.openChannel(pid: pid)
    }

    /// `id` moved, on a page that is named where it is given; it joins first where it is new.
    func move(_ id: String, _ x: Double, _ y: Double, page path: String? = nil) {
        var sample = PointerSample(x: x, y: y)
        sample.slot = slot(of: id)
        if let path {
            sample.fields.insert(.page)
            sample.page = sample.slot
            Array(path.utf8).withUnsafeBytes {
                fixture.hub.page(channel: channel, index: sample.slot, bytes: $0)
            }
        }
        sent += 1
        fixture.hub.received(channel: channel, sample, now: fixture.now)
    }

    func leave(_ id: String) {
        guard let slot = slots.removeValue(forKey: id) else { return }
        fixture.hub.left(channel: channel, slot: slot, now: fixture.now)
    }

    private func slot(of id: String) -> UInt32 {
        if let known = slots[id] { return known }
        let slot = UInt32(slots.count)
        slots[id] = slot
        _ = Array(id.utf8).withUnsafeBytes {
            fixture.hub.joined(channel: channel, slot: slot, id: $0, now: fixture.now)
        }
        return slot
    }
}

/// Attaches one end of a socketpair as the terminal's and returns the other.
func attachFront(_ fixture: Fixture, bufferBytes: Int32? = nil) throws -> Client {
    let pair = try SocketPair(bufferBytes: bufferBytes)
    fixture.gateway.attachFront(try pair.first.duplicated(), fixture.poller, now: fixture.now)
    return Client(try pair.second.duplicated())
}
