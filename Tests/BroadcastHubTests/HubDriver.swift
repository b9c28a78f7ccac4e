import ByteCore
import Glibc
import PointerEvents

@testable import BroadcastHub

/// Shorthand for what an owner does with a hub.
extension BroadcastHub {
    /// A hub whose tables are the same in every run.
    convenience init(
        boot: UInt64, epochOffsetNanoseconds: Int64, sleptNanoseconds: Int64 = 0,
        limits: HubLimits = .standard, budget: ByteBudget = ByteBudget(limit: .max)
    ) {
        self.init(
            boot: boot, epochOffsetNanoseconds: epochOffsetNanoseconds, sleptNanoseconds: sleptNanoseconds,
            limits: limits, budget: budget, hashSeed: 1)
    }

    func join(_ channel: Int, slot: UInt32, id: String, now: Int64) {
        var id = id
        _ = id.withUTF8 { joined(channel: channel, slot: slot, id: UnsafeRawBufferPointer($0), now: now) }
    }

    func sample(_ channel: Int, slot: UInt32, x: Double = 1, y: Double = 2, now: Int64) {
        var sample = PointerSample(x: x, y: y)
        sample.slot = slot
        received(channel: channel, sample, now: now)
    }

    /// Sets one status for all who are not held to a scope.
    func setStatus(_ json: UnsafeRawBufferPointer) -> Bool { setStatus(json, brief: json) }

    /// The first bytes to write to a viewer, or nil where there are none; `fillVectors` for one vector.
    func nextChunk(_ id: ViewerID, limit: Int) -> UnsafeRawBufferPointer? {
        var vector = iovec()
        let size = withUnsafeMutablePointer(to: &vector) {
            fillVectors(id, into: UnsafeMutableBufferPointer(start: $0, count: 1), limit: limit)
        }
        guard size.byteCount > 0 else { return nil }
        return UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
    }

    /// Lets a viewer's kernel take up to `limit` bytes at once; returns them.
    func read(_ viewer: ViewerID, limit: Int = .max, vectors vectorLimit: Int = 8, now: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: vectorLimit) { vectors in
            let size = fillVectors(viewer, into: vectors, limit: limit)
            for vector in vectors[0..<size.vectorCount] {
                bytes += UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
            }
        }
        took(viewer, bytes: bytes.count, now: now)
        return bytes
    }

    /// Everything a viewer can get now, as text.
    func readAll(_ viewer: ViewerID, now: Int64) -> String {
        var bytes: [UInt8] = []
        while hasOutput(viewer) { bytes += read(viewer, now: now) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Calls `body` for every visitor present, most active first; `steps` entries are looked at at a time.
    func forEachVisitor(now: Int64, steps: Int = 3, _ body: (VisitorState) -> Void) {
        forEachVisitor(in: VisitorRanking(limit: .max), now: now, steps: steps, body)
    }

    /// The same of those in a ranking.
    func forEachVisitor(
        in ranking: consuming VisitorRanking, now: Int64, steps: Int = 3, _ body: (VisitorState) -> Void
    ) {
        while !advance(&ranking, by: steps, now: now) {}
        for place in 0..<ranking.count {
            if let visitor = visitor(at: place, of: ranking) { body(visitor) }
        }
    }
}
