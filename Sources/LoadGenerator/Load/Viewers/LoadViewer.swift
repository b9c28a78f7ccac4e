import ByteCore
import Glibc
import HTTPWire
import PosixIO

/// One viewer of a load run: an event stream over HTTP/1.1, read whole or slowly.
struct LoadViewer: ~Copyable {
    private enum State {
        case connecting, awaitingHead, streaming, ended
    }

    var ledger: ArrivalLedger
    /// Why there is no stream, or none any more.
    private(set) var fault: Fault?
    private(set) var bytesIn: UInt64 = 0
    /// When a sample last came; monotonic nanoseconds.
    private(set) var heardAt: Int64 = 0

    private var state = State.connecting
    /// None any more once it has ended.
    private var stream: ByteStream?
    private let slowly: Bool
    /// What a read waits for.
    private var awaited: Interest = .readable
    private var request = ByteBuffer(capacity: 256)
    private var parser = HTTPResponseParser()
    /// The line that is coming is longer than any that is looked at; it is passed over.
    private var isPassingLine = false
    /// The start of a head or line that is not whole yet.
    private var spill = ByteBuffer(capacity: 16)

    /// Begins to connect. A slow viewer's socket holds little, so that what it has not read is the server's
    /// to keep.
    init(
        to target: LoadTarget, token: BearerToken?, slowly: Bool, visitorCount: Int
    ) throws(SystemError) {
        let socket = try connecting(to: target.address)
        if slowly { try setSocketOption(socket.raw, SOL_SOCKET, SO_RCVBUF, LoadLimits.slowSocketBytes) }
        stream = ByteStream(socket)
        self.slowly = slowly
        ledger = ArrivalLedger(visitorCount: visitorCount)
        var path = target.path
        path.withUTF8 { unsafe request.appendHTTPRequestLine(.get, target: UnsafeRawBufferPointer($0)) }
        var host = target.authority
        host.withUTF8 { unsafe request.appendHTTPField("Host", UnsafeRawBufferPointer($0)) }
        request.appendHTTPField("Accept", "text/event-stream")
        token?.append(to: &request)
        request.appendHTTPHeadEnd()
    }

    /// The socket, for the poller; -1 without one.
    var raw: Int32 {
        switch stream {
        case .some(let stream): stream.raw
        case .none: -1
        }
    }
    /// Whether the stream has begun and goes on.
    var isStreaming: Bool { state == .streaming }
    /// What the poller is to watch for; nothing once only a timer reads.
    var interest: Interest {
        switch state {
        case .connecting: .writable
        case .awaitingHead: awaited
        case .streaming: slowly ? [] : awaited
        case .ended: []
        }
    }

    /// Takes what the poller found.
    mutating func ready(
        _ event: ReadyEvent, scratch: inout LinkScratch, scanner: borrowing ArrivalScanner,
        latencies: inout LatencyHistogram
    ) {
        if state == .connecting {
            let code = connectionError(of: raw)
            guard code == 0 else { return fail(Fault(.viewerUnreachable, code)) }
            // The first bytes of a connection always find room.
            _ = unsafe stream?.write(request.readable)
            state = .awaitingHead
        }
        if event.isReady(for: awaited) {
            _ = read(atMost: .max, scratch: &scratch, scanner: scanner, latencies: &latencies)
        }
    }

    /// Reads up to `limit` bytes; returns how many came.
    mutating func read(
        atMost limit: Int, scratch: inout LinkScratch, scanner: borrowing ArrivalScanner,
        latencies: inout LatencyHistogram
    ) -> Int {
        guard state == .awaitingHead || state == .streaming, limit > 0 else { return 0 }
        let kept = spill.count
        unsafe scratch.room.copyMemory(from: spill.readable)
        let most = min(limit, LoadLimits.viewerReadBytes)
        let room = unsafe scratch.room[kept..<min(kept + most, scratch.room.count)]
        switch unsafe stream!.read(into: UnsafeMutableRawBufferPointer(rebasing: room)) {
        case .wouldBlock(let interest): awaited = interest
        case .endOfFile, .failed: fail(Fault(.viewerEnded))
        case .bytes(let count):
            awaited = .readable
            bytesIn &+= UInt64(count)
            spill.removeAll()
            var bytes = unsafe UnsafeRawBufferPointer(rebasing: scratch.room[..<(kept + count)])
            if state == .awaitingHead {
                guard let body = unsafe readHead(bytes, &scratch.response) else { return count }
                unsafe bytes = body
            }
            unsafe readLines(bytes, scanner: scanner, latencies: &latencies)
            return count
        }
        return 0
    }

    /// Reads the lines that are whole, and keeps the rest for when it is.
    private mutating func readLines(
        _ bytes: UnsafeRawBufferPointer, scanner: borrowing ArrivalScanner,
        latencies: inout LatencyHistogram
    ) {
        var rest = unsafe bytes
        if isPassingLine {
            guard let end = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) else { return }
            isPassingLine = false
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        }
        let now = MonotonicClock.now()
        let received = ledger.received
        let consumed = unsafe scanner.scan(rest, now: now, ledger: &ledger, latencies: &latencies)
        if ledger.received != received { heardAt = now }
        if rest.count - consumed > LoadLimits.streamLineBytes {
            isPassingLine = true
            ledger.otherLines &+= 1
        } else {
            unsafe spill.append(UnsafeRawBufferPointer(rebasing: rest[consumed...]))
        }
    }

    /// What stands behind the head once it is whole.
    private mutating func readHead(
        _ bytes: UnsafeRawBufferPointer, _ response: inout HTTPParsedResponse
    ) -> UnsafeRawBufferPointer? {
        switch unsafe parser.parse(bytes, into: &response) {
        case .incomplete: unsafe spill.append(bytes)
        case .interim(let consumed):
            return unsafe readHead(UnsafeRawBufferPointer(rebasing: bytes[consumed...]), &response)
        case .refused(let refusal): fail(Fault(.viewerNoStream, Fault.NoStream(refusal).rawValue))
        case .complete where response.status != 200:
            fail(Fault(.viewerRejected, Int32(response.status)))
        case .complete where unsafe !response.fields.hasMediaType("text/event-stream", in: bytes):
            fail(Fault(.viewerNoStream))
        case .complete where response.framing != .untilClose:
            // Chunks would have to be taken apart at a cost that no viewer of ours pays.
            fail(Fault(.viewerNoStream))
        case .complete(let consumed):
            state = .streaming
            return unsafe UnsafeRawBufferPointer(rebasing: bytes[consumed...])
        }
        return nil
    }

    /// Closes the connection of a stream that has ended; the poller watches it no more.
    mutating func close() { stream = nil }

    private mutating func fail(_ fault: Fault) {
        state = .ended
        self.fault = fault
    }
}
