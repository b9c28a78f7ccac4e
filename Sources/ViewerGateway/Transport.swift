import Glibc
import PosixIO

/// What carries the bytes of one connection, and knows nothing of what they say.
protocol Transport: AnyObject {
    /// Reads into `room`.
    func read(into room: UnsafeMutableRawBufferPointer) -> IOResult
    /// Writes what is taken of several runs, in order.
    func write(_ runs: UnsafeMutableBufferPointer<iovec>) -> IOResult
    /// Tells the peer that nothing more will come.
    func endWriting()
    /// Has the poller tell `token` when a read or write can go on; of the end in any case.
    func watch(for interest: Interest, token: Token, _ poller: borrowing Poller) throws(SystemError)
    /// Has it tell nothing more.
    func unwatch(_ poller: borrowing Poller)
    /// Its descriptor, for a successor that goes on with it; nil where more belongs to it than that.
    var descriptor: Int32? { get }
    /// Takes no more than about `bytes` that the network has not taken yet: how old is what a slow peer gets.
    func limitUnsent(to bytes: Int32)
}

/// A connected socket.
final class SocketTransport: Transport {
    /// TCP_NOTSENT_LOWAT; Glibc's headers for Swift lack it (tcp(7)).
    private static let notSentLowWater: Int32 = 25

    private let stream: ByteStream
    private var isWatched = false

    /// Takes a socket that does not block.
    init(_ descriptor: consuming Descriptor) { stream = ByteStream(descriptor) }

    var descriptor: Int32? { stream.raw }

    func read(into room: UnsafeMutableRawBufferPointer) -> IOResult { unsafe stream.read(into: room) }

    func write(_ runs: UnsafeMutableBufferPointer<iovec>) -> IOResult { unsafe stream.write(runs) }

    func endWriting() { stream.endWriting() }

    func watch(for interest: Interest, token: Token, _ poller: borrowing Poller) throws(SystemError) {
        if isWatched {
            try poller.modify(stream.raw, for: interest, token: token)
        } else {
            try poller.add(stream.raw, for: interest, token: token)
            isWatched = true
        }
    }

    func unwatch(_ poller: borrowing Poller) { poller.remove(stream.raw) }

    func limitUnsent(to bytes: Int32) {
        try? setSocketOption(stream.raw, Int32(IPPROTO_TCP), Self.notSentLowWater, bytes)
    }
}
