import BroadcastHub
import ByteCore
import FramesShape
import Glibc
import LiveModel
import PointerEvents
import RelayWire
import SSEWire

/// A hub with one worker's channel and a viewer of each shape, who read it back.
final class HubOwner {
    private let hub: BroadcastHub
    private let channel: Int
    private var now: Int64 = 1_000_000_000
    private let samples: ViewerID
    private let frames: ViewerID
    private var samplesParser = EventStreamParser()
    private var framesParser = EventStreamParser()
    private var decoder = JSONPointerDecoder()
    private var model = LiveModel(seed: 1)
    private var lastN: UInt64 = 0
    private var inTransit: Set<UInt64> = []

    /// Small, so that a short input comes to their ends; tables that are allocated at once stay cheap.
    static var limits: HubLimits {
        var limits = HubLimits()
        limits.ringBytes = 16 * 1024
        limits.segmentRecords = 4
        limits.visitors = 8
        limits.slotsPerChannel = 64
        limits.pagesPerChannel = 64
        limits.pages = 8
        limits.pagesBeforeSweep = 4
        limits.names = 3
        limits.elements = 3
        limits.claims = 3
        limits.freshClaims = 2
        limits.graceNanoseconds = 300_000_000
        limits.rememberedKills = 2
        limits.scratchBytes = 512
        limits.scopes = 2
        limits.scopeRingBytes = 16 * 1024
        limits.scopeSegmentRecords = 4
        limits.scopePages = 8
        limits.scopeLingerNanoseconds = 1_000_000_000
        return limits
    }

    init() {
        hub = BroadcastHub(
            boot: 7, epochOffsetNanoseconds: 1_732_109_508_000_000_000, limits: Self.limits, hashSeed: 1)
        channel = hub.openChannel(pid: 42)
        samples = hub.attach(shape: .samples, resume: .head, now: now)
        frames = hub.attach(shape: .frames(.hz60), resume: .head, now: now)
    }

    func take(_ record: RelayRecord) {
        now += 1_000_000
        switch record {
        case .hello, .connection, .adopt, .arrived, .identityKey: break
        case .closed(let connection): hub.connectionEnded(connection, now: now)
        case .moving(let slot, let connection):
            hub.moving(channel: channel, slot: slot, connection: connection, now: now)
        case .moved(let move):
            inTransit.insert(move.connection)
            hub.moved(connection: move.connection, from: channel)
        case .adopted(let connection): hub.adopted(connection: connection, by: channel)
        case .join(let join) where join.isMoved:
            _ = hub.joined(
                channel: channel, slot: join.slot, id: join.id, movedWith: join.connection, now: now)
        case .sample(let sample): hub.received(channel: channel, sample, now: now)
        case .tailedSample(let sample, let tail):
            hub.received(channel: channel, sample.pointee, tail: tail.pointee, now: now)
        case .join(let join):
            let claim = IdentityClaim(stamp: join.stamp, instance: join.instance)
            hub.joined(
                channel: channel, slot: join.slot, id: join.id, claim: join.instance == 0 ? nil : claim,
                now: now)
        case .leave(let slot, _, let mayReturn):
            hub.left(channel: channel, slot: slot, mayReturn: mayReturn, now: now)
        case .text(.page, let index, let bytes): hub.page(channel: channel, index: index, bytes: bytes)
        case .text(.name, let index, let bytes): hub.name(channel: channel, index: index, bytes: bytes)
        case .text(.element, let index, let bytes):
            hub.element(channel: channel, index: index, bytes: bytes)
        case .noText(.page, let index): hub.noPage(channel: channel, index: index)
        case .noText(.name, let index): hub.noName(channel: channel, index: index)
        case .noText(.element, let index): hub.noElement(channel: channel, index: index)
        }
    }

    /// Ends the worker's channel and lets the viewers read to the end.
    func end() -> String? {
        hub.closeChannel(channel, now: now)
        // What it handed over is in nobody's hands.
        for connection in inTransit { hub.connectionEnded(connection, now: now) }
        // Who said bye has the time that is left.
        now += Self.limits.graceNanoseconds
        // A viewer that begins with a keyframe, or has missed a tick, is asked about at the one after.
        for _ in 0..<3 {
            if let complaint = readViewers() { return complaint }
        }
        guard model.visitorCount == 0 else { return "someone stays behind" }
        let counters = hub.counters
        guard counters.present == 0 else { return "someone stays present" }
        return counters.pending == 0 ? nil : "\(counters.pending) events were neither delivered nor skipped"
    }

    /// Lets both viewers read all there is; returns what is wrong with it.
    func readViewers() -> String? {
        hub.endTurn(now: now)
        // Keyframes are made ten times a second at most.
        now += 120_000_000
        hub.tick(now: now)
        return read(samples) { owner, bytes in owner.readSamples(bytes) }
            ?? read(frames) { owner, bytes in owner.readFrames(bytes) }
    }

    private func read(_ viewer: ViewerID, _ body: (HubOwner, UnsafeRawBufferPointer) -> String?) -> String? {
        while hub.hasOutput(viewer) {
            var vector = iovec()
            let size = withUnsafeMutablePointer(to: &vector) {
                hub.fillVectors(viewer, into: UnsafeMutableBufferPointer(start: $0, count: 1), limit: 700)
            }
            guard size.byteCount > 0 else { return nil }
            let copy = ExactCopy(UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
            hub.took(viewer, bytes: size.byteCount, now: now)
            if let complaint = body(self, copy.readable) { return complaint }
        }
        return nil
    }

    private func readSamples(_ bytes: UnsafeRawBufferPointer) -> String? {
        var offset = 0
        do throws(EventStreamError) {
            while let message = try samplesParser.next(bytes, offset: &offset) {
                guard let id = LastEventID.parse(message.id), id.n >= lastN else { return "an id that falls" }
                lastN = id.n
                let text = String(decoding: message.data, as: UTF8.self)
                if text.hasPrefix("{\"kill\":") || message.event.elementsEqual("reset".utf8) { continue }
                // A worker that has come to harm may say what no visitor could, but it is JSON all the same.
                if case .refused(.notJSON) = decoder.decode(message.data) { return "no JSON: \(text)" }
            }
        } catch {
            return "\(error)"
        }
        return nil
    }

    private func readFrames(_ bytes: UnsafeRawBufferPointer) -> String? {
        var offset = 0
        do throws(EventStreamError) {
            while let message = try framesParser.next(bytes, offset: &offset) {
                let outcome = model.apply(event: message.event, data: message.data, now: now)
                guard outcome == .applied else {
                    return "\(outcome): \(String(decoding: message.data, as: UTF8.self))"
                }
            }
        } catch {
            return "\(error)"
        }
        return nil
    }
}
