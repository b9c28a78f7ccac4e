import ByteCore
import Glibc
import HTTPWire
import PosixIO

/// One viewer of a paced run: an event stream over HTTP/1.1, read whole, slowly or not at all.
struct StreamViewer: ~Copyable {
    /// How a viewer reads once its stream has begun.
    enum Appetite: Equatable {
        /// Everything at once.
        case whole
        /// 1 KiB a second.
        case slow
        /// Nothing, ever.
        case none
    }

    private enum State {
        case connecting
        case awaitingHead
        case streaming
        case ended
    }

    let appetite: Appetite
    /// What has come; of a viewer that reads slowly, only how much.
    var ledger: ViewerLedger
    /// Why there is no stream, or none any more.
    private(set) var failure: String?

    private var state = State.connecting
    private let stream: ByteStream
    private var request = ByteBuffer(capacity: 256)
    private var parser = HTTPResponseParser()
    /// The start of a head or line that is not whole yet.
    private var carry = ByteBuffer(capacity: 256)

    /// Begins to connect; `path` is the stream's.
    init(
        to address: SocketAddress, path: String, appetite: Appetite, visitorCount: Int
    ) throws(SystemError) {
        stream = ByteStream(try connecting(to: address))
        self.appetite = appetite
        ledger = ViewerLedger(visitorCount: visitorCount)
        var path = path
        path.withUTF8 { request.appendHTTPRequestLine(.get, target: UnsafeRawBufferPointer($0)) }
        var host = address.text
        host.withUTF8 { request.appendHTTPField("Host", UnsafeRawBufferPointer($0)) }
        request.appendHTTPField("Accept", "text/event-stream")
        request.appendHTTPHeadEnd()
    }

    /// The socket, for the poller.
    var raw: Int32 { stream.raw }
    /// Whether the stream has begun and goes on.
    var isStreaming: Bool { state == .streaming }
    /// What the poller is to watch for; nothing once only a timer reads.
    var interest: Interest {
        switch state {
        case .connecting: .writable
        case .awaitingHead: .readable
        case .streaming: appetite == .whole ? .readable : []
        case .ended: []
        }
    }

    /// Takes what the poller found.
    mutating func ready(
        _ event: ReadyEvent, scratch: inout LinkScratch, scanner: SampleScanner,
        latencies: inout LatencyHistogram
    ) {
        if state == .connecting {
            let code = connectionError(of: stream.raw)
            guard code == 0 else { return fail("cannot connect: \(String(cString: strerror(code)))") }
            // The first bytes of a connection always find room.
            _ = stream.write(request.readable)
            state = .awaitingHead
        }
        if event.isReadable { read(atMost: .max, &scratch, scanner, &latencies) }
    }

    /// Reads a slow viewer's share of 0.1 s.
    mutating func readSlowly(
        scratch: inout LinkScratch, scanner: SampleScanner, latencies: inout LatencyHistogram
    ) {
        guard state == .streaming, appetite == .slow else { return }
        let share = LoadLimits.slowBytesPerSecond * Int(LoadLimits.slowReadNanoseconds) / 1_000_000_000
        read(atMost: share, &scratch, scanner, &latencies)
    }

    private mutating func read(
        atMost limit: Int, _ scratch: inout LinkScratch, _ scanner: SampleScanner,
        _ latencies: inout LatencyHistogram
    ) {
        let kept = carry.count
        scratch.room.copyMemory(from: carry.readable)
        let room = scratch.room[kept..<min(kept + min(limit, LoadLimits.viewerReadBytes), scratch.room.count)]
        switch stream.read(into: UnsafeMutableRawBufferPointer(rebasing: room)) {
        case .wouldBlock: return
        case .endOfFile: fail("the server ended the stream")
        case .failed(let code): fail("stream lost: \(String(cString: strerror(code)))")
        case .bytes(let count):
            carry.removeAll()
            var bytes = UnsafeRawBufferPointer(rebasing: scratch.room[..<(kept + count)])
            if state == .awaitingHead {
                guard let body = readHead(bytes, &scratch.response) else { return }
                bytes = body
            }
            let consumed = scanner.scan(
                bytes, now: MonotonicClock.now(), ledger: &ledger, latencies: &latencies)
            guard bytes.count - consumed <= LoadLimits.viewerLineBytes else {
                return fail("a line of the stream is longer than \(LoadLimits.viewerLineBytes) bytes")
            }
            carry.append(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
        }
    }

    /// What stands behind the head once it is whole.
    private mutating func readHead(
        _ bytes: UnsafeRawBufferPointer, _ response: inout HTTPParsedResponse
    ) -> UnsafeRawBufferPointer? {
        switch parser.parse(bytes, into: &response) {
        case .incomplete: carry.append(bytes)
        case .refused(let refusal): fail("the server does not speak HTTP: \(refusal.reason)")
        case .complete where response.status != 200: fail("the server answered \(response.status)")
        case .complete where response.framing != .untilClose:
            // Chunks would have to be taken apart at a cost that no viewer of ours pays.
            fail("the stream is not delimited by the connection's end")
        case .complete(let consumed):
            state = .streaming
            return UnsafeRawBufferPointer(rebasing: bytes[consumed...])
        }
        return nil
    }

    private mutating func fail(_ reason: String) {
        state = .ended
        failure = reason
    }
}
