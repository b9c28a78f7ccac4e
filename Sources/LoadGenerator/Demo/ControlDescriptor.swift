import Glibc
import PosixIO

/// Reading a descriptor that someone else owns, whatever it is and whether or not it blocks.
enum ControlDescriptor {
    /// One read(2), called when the poller says that it will not block.
    static func read(_ descriptor: Int32, into room: UnsafeMutableRawBufferPointer) -> IOResult {
        while true {
            let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .endOfFile }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock(until: .readable) : .failed(errno)
        }
    }
}
