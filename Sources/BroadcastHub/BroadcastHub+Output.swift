import ByteCore
import FramesShape
import PointerEvents
import SSEWire

public import struct Glibc.iovec

/// A message in the scratch, and what it means to have it.
struct ScratchMark {
    enum Meaning {
        case opening
        case heartbeat
        case status
        case terminator
        case reset
        case kill(n: UInt64)
        case sample(n: UInt64)
        case history(end: HistoryCursor)
    }

    /// Where it ends in the scratch.
    var end: Int
    var meaning: Meaning
}

/// What a viewer is to be written, and what became of it.
///
/// A viewer's bytes come, in this order, from
///
/// ```
///  carry      the rest of a message whose source is gone
///  scratch    made now, for this viewer: comments, status, catch-up; made again if it was not taken
///  shared     the ring's text, or the tick's
/// ```
/// Nothing is remembered of the vectors: `took` walks the same way again.
extension BroadcastHub {
    /// Fills `vectors` with bytes to write to a viewer, `limit` at most, pointing into shared text wherever
    /// possible; they are valid until the next call of any other method, except `took` for this
    /// viewer.
    ///
    /// `iovec` is what `writev` takes. Nothing may be found although `hasOutput` said so.
    public func fillVectors(
        _ id: ViewerID, into vectors: UnsafeMutableBufferPointer<iovec>, limit: Int
    ) -> OutputSize {
        if id.scope != scopeNumber {
            return within(id)?.fillVectors(id, into: vectors, limit: limit) ?? OutputSize()
        }
        filledFor = nil
        var size = OutputSize()
        guard let viewer = find(id), !vectors.isEmpty, limit > 0 else { return size }
        // Which may cost this viewer its place, like any other.
        prepare(viewer, limit: limit, segmentLimit: vectors.count)
        guard !viewer.isForfeited else { return size }
        fillScratch(viewer, limit: limit)
        filledFor = id
        if viewer.isCarrying { size.append(viewer.carry.readable, to: vectors, limit: limit) }
        size.append(scratch.readable, to: vectors, limit: limit)
        // A catch-up's scratch is only its beginning; the ring comes when it is through.
        switch viewer.shape {
        case .samples:
            if case .following = viewer.progress {
                fillFromRing(after: viewer.position, viewer.partial, vectors, limit, &size)
            }
        case .frames(let rate):
            size.append(ticker.shared(for: viewer, at: rate), to: vectors, limit: limit)
        }
        return size
    }

    /// Makes the ring's text that the viewer is to get, and begins its catch-up where the ring is past it.
    private func prepare(_ viewer: Viewer, limit: Int, segmentLimit: Int) {
        guard viewer.shape == .samples else { return }
        if case .catchingUp = viewer.progress { advanceCatchUp(viewer) }
        guard case .following = viewer.progress else { return }
        // Text takes room in the ring, so making it may drop segments, even those at hand: first all the
        // text, then the pointers.
        var bytes = 0
        var n = viewer.position + 1
        var segmentCount = 0
        while bytes < limit, segmentCount < segmentLimit, n >= ring.firstN, n <= ring.sealedN {
            let index = ring.segmentIndex(of: n)
            let segment = ring.segments[index]
            if segment.encodedCount < segment.count {
                ring.encode(segment: index, visitors: visitors, texts: texts, idPrefix: idPrefix)
                trimRing()
                // The segment itself may be the one that had to go, and stands for other records now.
                if n < ring.firstN { break }
            }
            bytes += segment.textBytes - segment.textStart(of: Int(n - segment.firstN))
            n = segment.endN
            segmentCount += 1
        }
        if viewer.position + 1 < ring.firstN {
            beginCatchUp(viewer, isReset: false)
            advanceCatchUp(viewer)
        }
    }

    private func fillFromRing(
        after position: UInt64, _ taken: Int, _ vectors: UnsafeMutableBufferPointer<iovec>, _ limit: Int,
        _ size: inout OutputSize
    ) {
        var n = position + 1
        var partial = taken
        while size.vectorCount < vectors.count, size.byteCount < limit, n <= ring.sealedN {
            let segment = ring.segments[ring.segmentIndex(of: n)]
            let index = Int(n - segment.firstN)
            guard index < segment.encodedCount else { return }
            let start =
                segment.textStart(of: index) + partial + (isFaulty(.textOffsetWrong) && partial > 0 ? 1 : 0)
            size.append(segment.textSlice(from: start, to: segment.textBytes), to: vectors, limit: limit)
            n = segment.firstN + UInt64(segment.encodedCount)
            partial = 0
        }
    }

    /// Makes the messages that are this viewer's alone.
    private func fillScratch(_ viewer: Viewer, limit: Int) {
        scratch.removeAll()
        scratchMarks.removeAll(keepingCapacity: true)
        guard viewer.isAtBoundary || isFaulty(.commentWithinMessage) else { return }
        if viewer.owesOpening {
            scratch.appendEventStreamOpening()
            mark(.opening)
        }
        if viewer.owesHeartbeat {
            scratch.appendHeartbeat()
            mark(.heartbeat)
        }
        switch viewer.shape {
        case .samples:
            if case .catchingUp(let catchUp) = viewer.progress { fillCatchUp(viewer, catchUp, limit: limit) }
        case .frames(let rate):
            if owesHistory(to: viewer) { mark(.history(end: appendHistory(for: viewer, to: &scratch))) }
            if ticker.appendStatus(for: viewer, boot: boot, to: &scratch) { mark(.status) }
            if ticker.appendTerminator(for: viewer, at: rate, boot: boot, to: &scratch) { mark(.terminator) }
        }
    }

    func mark(_ meaning: ScratchMark.Meaning) {
        scratchMarks.append(ScratchMark(end: scratch.count, meaning: meaning))
    }

    /// The kernel took `bytes` of what `fillVectors` last gave, for this viewer.
    ///
    /// Must follow that call directly; taking nothing need not be told.
    public func took(_ id: ViewerID, bytes: Int, now: Int64) {
        if id.scope != scopeNumber {
            within(id)?.took(id, bytes: bytes, now: now)
            return
        }
        guard bytes > 0, let viewer = find(id) else { return }
        precondition(filledFor == id, "took must follow fillVectors for the same viewer")
        filledFor = nil
        viewer.lastProgress = now
        viewer.bytes &+= UInt64(bytes)
        counted.bytes &+= UInt64(bytes)
        var rest = bytes
        tookCarry(viewer, &rest)
        if rest > 0 { tookScratch(viewer, &rest) }
        if rest > 0 {
            switch viewer.shape {
            case .samples: tookFromRing(viewer, rest)
            case .frames(let rate): ticker.took(viewer, at: rate, bytes: rest)
            }
        } else if case .catchingUp = viewer.progress {
            advanceCatchUp(viewer)
        }
    }

    private func tookCarry(_ viewer: Viewer, _ rest: inout Int) {
        guard viewer.isCarrying else { return }
        let taken = min(rest, viewer.carry.count)
        rest -= taken
        viewer.consumeCarry(taken)
        if !viewer.isCarrying {
            let credit = viewer.carryCredit
            viewer.carryCredit = 0
            ledger.deliver(credit, to: viewer)
        }
    }

    /// Settles the messages that were taken; of one that was taken in part the rest is kept.
    private func tookScratch(_ viewer: Viewer, _ rest: inout Int) {
        var start = 0
        for mark in scratchMarks where rest > 0 {
            let length = mark.end - start
            let credit = settle(mark.meaning, viewer)
            if rest >= length {
                rest -= length
                ledger.deliver(credit, to: viewer)
            } else {
                let unsent = scratch.readable[(start + rest)..<mark.end]
                ledger.carry(UnsafeRawBufferPointer(rebasing: unsent), for: viewer)
                viewer.carryCredit = credit
                rest = 0
            }
            start = mark.end
        }
    }

    /// Says that a viewer has a message, or will have with its carry; returns the samples it delivers.
    private func settle(_ meaning: ScratchMark.Meaning, _ viewer: Viewer) -> UInt64 {
        switch meaning {
        case .opening: viewer.owesOpening = false
        case .heartbeat: viewer.owesHeartbeat = false
        case .status: ticker.tookStatus(viewer)
        case .terminator: ticker.tookTerminator(viewer)
        case .reset: settleReset(viewer)
        case .kill(let n): settleKill(viewer, n)
        case .sample(let n): return settleSample(viewer, n)
        case .history(let end): viewer.history = end
        }
        return 0
    }

    private func tookFromRing(_ viewer: Viewer, _ bytes: Int) {
        var rest = bytes
        while rest > 0 {
            let n = viewer.position + 1
            let segment = ring.segments[ring.segmentIndex(of: n)]
            let index = Int(n - segment.firstN)
            let start = segment.textStart(of: index)
            let offset = start + viewer.partial + rest
            if offset >= segment.textBytes {
                // The whole of it, whatever it holds.
                rest = offset - segment.textBytes
                let end = segment.encodedCount
                ledger.deliver(segment.samples(before: end) - segment.samples(before: index), to: viewer)
                if isFaulty(.sampleCountedTwice), end - index > 2 { ledger.deliver(1, to: viewer) }
                viewer.position = segment.firstN + UInt64(end) - 1
                viewer.partial = 0
            } else {
                let end = segment.recordIndex(ofText: offset)
                ledger.deliver(segment.samples(before: end) - segment.samples(before: index), to: viewer)
                viewer.position =
                    segment.firstN + UInt64(end) - (isFaulty(.cursorOffByOne) && end > 0 ? 2 : 1)
                viewer.partial = offset - segment.textStart(of: end)
                rest = 0
            }
        }
    }
}

extension OutputSize {
    /// Adds a vector for `bytes`, cut at `limit` bytes in all, where there is something and room.
    mutating func append(
        _ bytes: UnsafeRawBufferPointer, to vectors: UnsafeMutableBufferPointer<iovec>, limit: Int
    ) {
        let count = min(bytes.count, limit - byteCount)
        guard count > 0, vectorCount < vectors.count else { return }
        vectors[vectorCount] = iovec(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: count)
        vectorCount += 1
        byteCount += count
    }
}
