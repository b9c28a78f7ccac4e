import CPointerscopeShims
import Glibc

/// How a process begins that does one thing for the master and is spoken to over one socket.
public enum HelperProcess {
    /// Leaves open what is below `firstClosed` alone, lets SIGINT pass by (the master decides when to end),
    /// keeps its memory private, and reads and writes the socket `channel` waiting.
    public static func begin(channel: Int32, firstClosed: Int32) {
        ps_close_from(UInt32(firstClosed))
        SignalSource.leaveToMaster()
        MemoryPrivacy.keepInChild()
        let flags = fcntl(channel, F_GETFL)
        _ = fcntl(channel, F_SETFL, flags & ~O_NONBLOCK)
    }

    /// Lets everybody else's work go first: what is asked of it can wait, what the master does cannot.
    ///
    /// At nice 12 whoever takes up to 0.85 of a core still goes first whenever they wake (at nice 5 a third),
    /// and for each other who wants all of it a hash takes half a second; with SCHED_IDLE it would not end.
    public static func yieldToOthers() { ps_yield_to_others(12) }

    /// Fills `room`; false where the other end closes before.
    public static func read(_ channel: Int32, into room: UnsafeMutableRawBufferPointer) -> Bool {
        var offset = 0
        while offset < room.count {
            let count = unsafe Glibc.read(channel, room.baseAddress! + offset, room.count - offset)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    /// Writes all of `bytes`; false where the other end is gone.
    public static func write(_ bytes: UnsafeRawBufferPointer, to channel: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe send(
                channel, bytes.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }
}
