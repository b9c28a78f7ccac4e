import CPointerscopeShims
import Glibc

/// Bytes with descriptors over a Unix socket (unix(7), SCM_RIGHTS).
public enum DescriptorPassing {
    /// The most that ride on one message.
    public static let limitPerMessage = 253

    /// Sends `bytes` with `descriptors`, which stay the caller's to close; both or neither go.
    public static func send(
        _ bytes: UnsafeRawBufferPointer, with descriptors: UnsafeBufferPointer<Int32>, over socket: Int32
    ) -> IOResult {
        guard let base = bytes.baseAddress else { return .wouldBlock(until: .writable) }
        var nothing: Int32 = -1
        let sent = unsafe withUnsafePointer(to: &nothing) {
            unsafe ps_send_descriptors(
                socket, base, bytes.count, descriptors.baseAddress ?? $0, descriptors.count)
        }
        if sent > 0 { return .bytes(sent) }
        // Too many in flight: the receiver has to take some first.
        return errno == EAGAIN || errno == ETOOMANYREFS ? .wouldBlock(until: .writable) : .failed(errno)
    }

    /// Reads bytes and hands every descriptor that came to `take`, in order.
    ///
    /// `truncated` is set when the kernel dropped descriptors because this process has none left.
    public static func receive(
        into room: UnsafeMutableRawBufferPointer, from socket: Int32, truncated: inout Bool,
        take: (consuming Descriptor) -> Void
    ) -> IOResult {
        guard let base = room.baseAddress else { return .wouldBlock(until: .readable) }
        return unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: limitPerMessage) { numbers in
            var count = limitPerMessage
            let received = unsafe ps_receive_descriptors(
                socket, base, room.count, numbers.baseAddress!, &count, &truncated)
            if received < 0 { return errno == EAGAIN ? .wouldBlock(until: .readable) : .failed(errno) }
            for index in 0..<count { unsafe take(Descriptor(owning: numbers[index])) }
            return received == 0 ? .endOfFile : .bytes(received)
        }
    }
}
