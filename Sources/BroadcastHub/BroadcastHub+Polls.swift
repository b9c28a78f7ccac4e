public import ByteCore
import FramesShape
import SSEWire

import struct Glibc.iovec

/// Viewers that are answered once, and ask again behind what they had: nothing is kept of them in between.
///
/// ```
///  attach(isPoll: true) ─▶ hasAnswer? ── no ──▶ later
///                             └── yes ─▶ answer ─▶ detach
/// ```
/// What is in an answer counts as delivered, and no more than that as offered. In the frames shape one that
/// resumes gets a frame of its own, of all that happened since; where the ring has that no more, or it is
/// too much, it waits for a keyframe with the others.
extension BroadcastHub {
    /// Whether there is something to answer a poll with.
    public func hasAnswer(_ id: ViewerID) -> Bool {
        if id.scope != scopeNumber { return within(id)?.hasAnswer(id) ?? false }
        guard let viewer = find(id), !viewer.isForfeited else { return false }
        switch viewer.shape {
        case .samples:
            if case .catchingUp = viewer.progress { return true }
            return viewer.position < ring.sealedN
        case .frames(let rate):
            guard ticker.holds(viewer, at: rate) else {
                return viewer.position < ring.sealedN || ticker.owesStatus(to: viewer)
            }
            return ticker.hasOutput(for: viewer, at: rate)
        }
    }

    /// Appends what there is for a poll, in whole messages: all of a catch-up, reset or frame, and of the
    /// ring what makes it longer than `limit` at most. It may turn out to be nothing.
    public func answer(_ id: ViewerID, into text: inout ByteBuffer, limit: Int, now: Int64) {
        if id.scope != scopeNumber {
            within(id)?.answer(id, into: &text, limit: limit, now: now)
            return
        }
        guard let viewer = find(id) else { return }
        let start = text.count
        if case .frames(let rate) = viewer.shape, !ticker.holds(viewer, at: rate) {
            if isFaulty(.pollSkips) { viewer.position = min(viewer.position + 1, ring.headN) }
            if ticker.appendFrame(for: viewer, to: &text, source: self, now: now) {
                if ticker.appendStatus(for: viewer, boot: boot, to: &text) { ticker.tookStatus(viewer) }
                countAnswer(viewer, text.count - start)
                return
            }
            ticker.attach(viewer, at: rate, source: self, now: now)
        }
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: 8) { vectors in
            while hasOutput(id) {
                if case .following = viewer.progress, viewer.shape == .samples, text.count - start >= limit {
                    return
                }
                let size = fillVectors(id, into: vectors, limit: .max)
                guard size.byteCount > 0 else { return }
                for vector in vectors[..<size.vectorCount] {
                    text.append(UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
                }
                took(id, bytes: size.byteCount, now: now)
            }
        }
    }

    private func countAnswer(_ viewer: Viewer, _ bytes: Int) {
        viewer.bytes &+= UInt64(bytes)
        counted.bytes &+= UInt64(bytes)
    }

    /// The id to go on from for a poll that had nothing: a message that says where it stands.
    public func appendCursor(of id: ViewerID, to text: inout ByteBuffer) {
        if id.scope != scopeNumber {
            within(id)?.appendCursor(of: id, to: &text)
            return
        }
        guard let viewer = find(id) else { return }
        text.appendMessageHead(boot: boot, n: viewer.position, event: "cursor")
        text.append("{\"n\":")
        text.appendDecimal(viewer.position)
        text.append("}\n\n")
    }
}
