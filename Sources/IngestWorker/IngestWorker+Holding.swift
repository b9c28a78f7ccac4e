import PosixIO
import Tables
import Telemetry
import WebSocketWire

/// The memory that is kept for peers, and who goes where it is too much.
extension IngestWorker {
    /// Counts what is kept for a connection now; `isFresh` where something of it came to its end.
    mutating func account(for token: Token, isFresh: Bool = false) {
        guard let connection = unsafe connections.find(token) else { return }
        let bytes = unsafe connection.pointee.keptBytes
        if bytes == 0, unsafe connection.pointee.holder.bytes == 0 { return }
        held.set(token.index, to: bytes, isFresh: isFresh, in: connections)
    }

    /// Turns away whoever has come to nothing for longest until the rest fits.
    ///
    /// To be called between two events, never while a connection is read: it reads others, into the same
    /// memory, and the one in hand as well.
    mutating func makeRoom() {
        var chances = WorkerLimits.chancesToFinish
        while held.total > WorkerLimits.heldBytes, let found = unsafe connections.at(Int(held.oldest)) {
            let token = unsafe Token(kind: Kind.connection, index: held.oldest, generation: found.generation)
            // What it waits for may be there, unread: then it is no longer the one, and nobody has to go.
            if chances > 0, unsafe found.element.pointee.phase != .closing {
                chances -= 1
                _ = unsafe receiveAgain(token, found.element)
                guard held.total > WorkerLimits.heldBytes, held.oldest == token.index else { continue }
            }
            guard let connection = unsafe connections.find(token) else { continue }
            counters.add(.memoryRefused)
            switch unsafe connection.pointee.phase {
            case .handshake: turnAway(token)
            case .body: refusePost(token, .noRoom)
            case .proxyHeader, .keptAlive: drop(token)
            case .open where unsafe connection.pointee.unfinishedSinceSeconds != VisitorConnection.never:
                counters.add(.memoryRefused1013)
                refuse(token, .tryAgainLater, "no room for half a message; try again later")
            case .open, .closing: drop(token)
            }
        }
    }

    /// Gives back what was taken for those who have gone.
    mutating func releaseFree() {
        intake.releaseFree()
        connections.releaseEmptyChunks()
        if trimmer.isDue(usedBytes, nowSeconds: nowSeconds) { ProcessMemory.releaseFreeHeap() }
    }

    /// Bytes of what comes and goes with connections.
    var usedBytes: Int {
        held.total + connections.chunkBytes + intake.storageBytes
            + visitorsByNumber.count * WireSpeaker.byteCount
    }
}
