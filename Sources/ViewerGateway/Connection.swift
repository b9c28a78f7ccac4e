import ByteCore
import HTTPWire
import PosixIO

/// One connection of the HTTP port.
struct Connection: ~Copyable {
    /// What it is doing.
    enum Phase {
        /// Sends requests and is answered, one at a time.
        case requests
        /// Gets an event stream; what it sends is discarded.
        case stream
        /// Was told all there is to tell; its end of file is awaited.
        case lingering
    }

    let stream: ByteStream
    var phase = Phase.requests
    /// What the poller watches it for.
    var interest: Interest = .readable
    var parser = HTTPRequestParser()
    /// Bytes of requests that are not whole or not answered yet: at most two reads.
    var input = ByteBuffer(capacity: 16)
    /// Bytes of ours that go before everything else.
    var output = ByteBuffer(capacity: 16)
    /// Bytes that go behind `output`; they live as long as the gateway.
    var fixedOutput = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The connection ends when all output is taken.
    var closesAfterOutput = false
    /// Over the limit: every request is answered 503.
    var isSurplus = false
    /// It has had an answer: what follows is an idle connection, not one that never asked.
    var hasBeenAnswered = false
    /// The peer has ended its side.
    var hasEnded = false
    /// Of an event stream: who gets it, 1 to 64 bytes.
    var name: [UInt8] = []
    /// Bytes read and thrown away.
    var discarded = 0
    /// When the phase, or the request now being read, began.
    var since: Int64
    /// When output was last taken, or none was pending.
    var progress: Int64
    /// The round it is in while it is an event stream, and its place there.
    var round: Round?
    var place = 0

    init(_ stream: consuming ByteStream, now: Int64) {
        self.stream = stream
        since = now
        progress = now
    }

    /// Whether bytes of ours are pending; the hub's are not counted.
    var hasOutput: Bool { !output.isEmpty || !fixedOutput.isEmpty }

    /// Notes that the kernel took `count` bytes; returns how many of them were not ours but the hub's.
    mutating func took(_ count: Int) -> Int {
        let own = min(count, output.count)
        output.consume(own)
        if output.isEmpty { output.removeAll(shrinkingTo: Limits.keptBytes) }
        let fixed = min(count - own, fixedOutput.count)
        fixedOutput = UnsafeRawBufferPointer(rebasing: fixedOutput[fixed...])
        return count - own - fixed
    }
}
