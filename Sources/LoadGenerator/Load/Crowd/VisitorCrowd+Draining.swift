import ByteCore
import Glibc
import PosixIO
import WebSocketWire

/// What visitors write while the server is stopped.
extension VisitorCrowd {
    /// Drain mode: every visitor writes so many frames. The last of them write a ping behind theirs, and
    /// so does everyone whose socket is full; the pongs say that the server is through. Pollers report first
    /// what became ready first, so that the last are read last; a pong of everyone would cost a server more
    /// than its frames.
    mutating func queue(frames count: Int) {
        tally.queued = 0
        tally.through = 0
        for index in 0..<self.count where unsafe at(index).pointee.state == .open {
            let visitor = unsafe at(index)
            var rest = count
            while rest > 0, unsafe visitor.pointee.state == .open {
                encode(index, due: 0)
                rest -= plan.coalesce
                tally.sent += Int64(plan.burst)
                tally.offered += Int64(plan.burst)
                tally.writes += 1
                unsafe tally.bytesOut += Int64(encoded.count)
                unsafe write(index, encoded)
            }
        }
        var asked = max(self.count / LoadLimits.visitorsPerPing, 1)
        for index in stride(from: self.count - 1, through: 0, by: -1) {
            let visitor = unsafe at(index)
            guard unsafe visitor.pointee.state == .open, unsafe asked > 0 || visitor.pointee.isBlocked else {
                continue
            }
            asked -= 1
            var ping = ByteBuffer(capacity: 16)
            unsafe ping.appendFrame(
                .ping, UnsafeRawBufferPointer(start: nil, count: 0), maskKey: visitor.pointee.maskKey)
            unsafe visitor.pointee.awaitsPong = true
            tally.queued += 1
            unsafe write(index, ping.readable)
        }
        awaitDelivery()
    }

    /// Waits until all that was queued lies in the server's sockets and is acknowledged (SIOCOUTQ of tcp(7)).
    ///
    /// The kernel acknowledges small segments late (40 ms and more), or when they are read. On one machine
    /// the reader then pays for what the sender has to do with it: three quarters of what a message cost a
    /// server here were that, or none of it, depending on how long queueing took. A visitor over a network
    /// pays for that itself.
    private mutating func awaitDelivery() {
        let deadline = MonotonicClock.now() + LoadLimits.drainDeliveryNanoseconds
        var index = 0
        while index < self.count, MonotonicClock.now() < deadline {
            let visitor = unsafe at(index)
            var waiting: Int32 = 0
            let isOn =
                unsafe visitor.pointee.state == .open && !visitor.pointee.isBlocked
                && ioctl(visitor.pointee.raw, UInt(TIOCOUTQ), &waiting) == 0 && waiting > 0
            if isOn { usleep(LoadLimits.drainDeliveryPauseMicroseconds) } else { index += 1 }
        }
    }

    private mutating func write(
        _ index: Int, _ bytes: UnsafeRawBufferPointer
    ) {
        switch unsafe at(index).pointee.write(bytes) {
        case .bytes: break
        case .wouldBlock: block(index)
        case .endOfFile: fail(index, Fault(.lost))
        case .failed(let code): fail(index, Fault(.lost, code))
        }
    }
}
