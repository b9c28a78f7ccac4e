public import ByteCore
public import Glibc

/// How a read or write on a non-blocking descriptor ended.
@frozen
public enum IOResult: Equatable, Sendable {
    /// That many bytes went through; at least one.
    case bytes(Int)
    /// Nothing can go through before the descriptor is ready for this.
    ///
    /// It need not be the direction that was asked for: where bytes are wrapped, as under TLS, a read may
    /// have to write first, and a write to read. What is always a plain descriptor waits for its own
    /// direction.
    case wouldBlock(until: Interest)
    /// The peer has ended its side.
    case endOfFile
    /// The connection is broken; the errno(3).
    case failed(Int32)
}

/// Bytes to and from a peer without blocking: what HTTP and WebSocket stand on.
///
/// Plain sockets and pipes today; a TLS session takes the same place later, which is why nothing above this
/// type calls read(2) or write(2).
@frozen
public struct ByteStream: ~Copyable, Sendable {
    /// The socket, for the poller.
    public let descriptor: Descriptor

    /// Wraps a connected, non-blocking descriptor.
    @inlinable public init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Its number.
    @inlinable public var raw: Int32 { descriptor.raw }

    /// Reads into `room` (read(2)).
    @inlinable public func read(into room: UnsafeMutableRawBufferPointer) -> IOResult {
        while true {
            let count = unsafe Glibc.read(descriptor.raw, room.baseAddress, room.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .endOfFile }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock(until: .readable) : .failed(errno)
        }
    }

    /// The same of a socket (recv(2)), for whoever reads few bytes often: less is looked at on the way to
    /// them.
    @inlinable @inline(__always)
    public func receive(into room: UnsafeMutableRawBufferPointer) -> IOResult {
        let count = unsafe recv(descriptor.raw, room.baseAddress, room.count, 0)
        return unsafe count > 0 ? .bytes(count) : receiveAgain(after: count, into: room)
    }

    /// What follows where recv(2) brought nothing.
    @usableFromInline @inline(never)
    func receiveAgain(after count: Int, into room: UnsafeMutableRawBufferPointer) -> IOResult {
        if count == 0 { return .endOfFile }
        if errno == EINTR { return unsafe read(into: room) }
        return errno == EAGAIN ? .wouldBlock(until: .readable) : .failed(errno)
    }

    /// Writes what the kernel takes of `bytes` (send(2) with MSG_NOSIGNAL).
    @inlinable public func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        while true {
            let count = unsafe Glibc.send(descriptor.raw, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count > 0 { return .bytes(count) }
            if count < 0, errno == EINTR { continue }
            return count == 0 || errno == EAGAIN ? .wouldBlock(until: .writable) : .failed(errno)
        }
    }

    /// Writes what the kernel takes of several runs in order (sendmsg(2) with MSG_NOSIGNAL).
    @inlinable public func write(_ runs: UnsafeMutableBufferPointer<iovec>) -> IOResult {
        var message = unsafe msghdr()
        unsafe message.msg_iov = runs.baseAddress
        unsafe message.msg_iovlen = runs.count
        while true {
            let count = unsafe sendmsg(descriptor.raw, &message, Int32(MSG_NOSIGNAL))
            if count > 0 { return .bytes(count) }
            if count < 0, errno == EINTR { continue }
            return count == 0 || errno == EAGAIN ? .wouldBlock(until: .writable) : .failed(errno)
        }
    }

    /// Gives up the stream and keeps its descriptor open.
    public consuming func takeDescriptor() -> Descriptor { descriptor }

    /// Tells the peer that nothing more will come (shutdown(2)).
    @inlinable public func endWriting() { _ = shutdown(descriptor.raw, Int32(SHUT_WR)) }
}

/// Bytes that wait for a stream to take them.
///
/// The owner bounds it: `count` is the queue's length, and nothing is dropped here.
@frozen
public struct WriteQueue: ~Copyable {
    @usableFromInline var pending: ByteBuffer

    /// An empty queue.
    public init() { pending = ByteBuffer(capacity: 16) }

    /// Bytes not yet taken.
    @inlinable public var count: Int { pending.count }
    /// Whether everything was taken.
    @inlinable public var isEmpty: Bool { pending.isEmpty }

    /// The bytes not yet taken; valid until the next mutation.
    @inlinable public var waiting: UnsafeRawBufferPointer { unsafe pending.readable }

    /// Lets `body` append.
    @inlinable public mutating func append(_ body: (inout ByteBuffer) -> Void) { body(&pending) }

    /// Appends a copy of `bytes`.
    @inlinable public mutating func append(_ bytes: UnsafeRawBufferPointer) { unsafe pending.append(bytes) }

    /// Writes until the queue is empty or the stream takes no more.
    ///
    /// `.bytes` means empty now, `.wouldBlock` that the rest waits.
    public mutating func flush(to stream: borrowing ByteStream) -> IOResult {
        var total = 0
        while !pending.isEmpty {
            switch unsafe stream.write(pending.readable) {
            case .bytes(let count):
                pending.consume(count)
                total += count
            case let other:
                return other
            }
        }
        pending.removeAll(shrinkingTo: 4096)
        return .bytes(total)
    }
}
