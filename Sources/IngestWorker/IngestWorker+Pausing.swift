import PosixIO
import RelayWire
import Telemetry

/// Connections that are not read while the master cannot take what they bring.
extension IngestWorker {
    /// Reads no more from a connection until what cannot be folded has drained.
    mutating func pause(_ token: Token) {
        guard let connection = unsafe connections.find(token) else { return }
        // Who has its turn among those who wait was stopped before.
        if !isResuming { counters.add(.readStalls) }
        unsafe connection.pointee.wait = .master
        paused.append(token)
        watch(token)
    }

    /// Whether somebody waits who may be read.
    var canResume: Bool { !paused.isEmpty && intake.queue.hasRoomForUnfoldable }

    /// Reads from connections that waited, in the order in which they began to, while there is room.
    ///
    /// They come before all others, and who brings more that cannot be folded goes behind those who wait
    /// still: so nobody starves, whatever the others send.
    mutating func resumePaused() {
        var left = WorkerLimits.resumedPerTurn
        readLimit = WorkerLimits.receiveBytes
        isResuming = true
        defer { isResuming = false }
        while left > 0, canResume, turnWork < WorkerLimits.turnWork, let token = paused.popFirst() {
            // Who was closed meanwhile waits no more.
            guard let connection = unsafe connections.find(token), unsafe connection.pointee.wait == .master
            else { continue }
            left -= 1
            unsafe connection.pointee.wait = .none
            unsafe hearAgain(connection)
            unsafe connection.pointee.bringsUnfoldable = false
            unsafe readAndEnqueueRest(token, connection)
            watch(token)
            makeRoom()
        }
    }
}
