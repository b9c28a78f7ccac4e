import BroadcastHub
import ByteCore
import Glibc
import HTTPWire
import PosixIO

/// Event streams: attaching and leaving.
extension ViewerGateway {
    /// The option's number; Glibc's headers for Swift lack it (tcp(7)).
    private static let notSentLowWater: Int32 = 25

    /// The head of an event stream's response; the same for every viewer, so none holds a copy.
    ///
    /// Without a length: the stream ends with the connection.
    static func makeStreamHead() -> UnsafeRawBufferPointer {
        var text = ByteBuffer(capacity: 512)
        HTTPResponseHead(.ok, contentType: "text/event-stream", connection: .close).appendOpen(to: &text)
        text.appendHTTPField("Cache-Control", "no-store")
        text.appendHTTPField("X-Accel-Buffering", "no")
        text.appendHTTPField("X-Content-Type-Options", "nosniff")
        text.appendHTTPField("Cross-Origin-Resource-Policy", "same-origin")
        text.appendHTTPHeadEnd()
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        copy.copyMemory(from: text.readable)
        return UnsafeRawBufferPointer(copy)
    }

    /// Answers `/receive/{name}`; true when the connection has become an event stream.
    func receive(
        _ connection: UnsafeMutablePointer<Connection>, _ request: UnsafeRawBufferPointer, _ token: Token,
        _ poller: borrowing Poller, now: Int64
    ) -> Bool {
        let wanted: StreamRequest
        do throws(StreamRequest.Refusal) {
            wanted = try StreamRequest(head, in: request, scratch: &body)
        } catch {
            send(Reply(.badRequest, line: error.reason), connection, withBody: head.method != .head)
            return false
        }
        if head.method == .head {
            connection.pointee.closesAfterOutput = true
            connection.pointee.fixedOutput = streamHead
            counters.count(.ok)
            return false
        }
        guard !head.hasBody else {
            refuse(connection, .badRequest, "a stream is asked for without a body")
            return false
        }
        guard stopDeadline == nil, viewerCount < settings.viewerLimit else {
            counters.viewersRefused += 1
            refuse(connection, .serviceUnavailable, stopDeadline == nil ? "too many viewers" : "stopping")
            return false
        }
        counters.count(.ok)
        connection.pointee.fixedOutput = streamHead
        let socket = connection.pointee.stream.raw
        try? setSocketOption(socket, Int32(IPPROTO_TCP), Self.notSentLowWater, Limits.unsentBytes)
        connection.pointee.name = tail(of: path.readable, after: "/receive/").map { Array($0) } ?? []
        attach(connection, wanted.shape, wanted.resume, token, poller, isFront: false, now: now)
        return true
    }

    /// Makes a connection an event stream.
    func attach(
        _ connection: UnsafeMutablePointer<Connection>, _ shape: ViewerShape, _ resume: ResumeRequest,
        _ token: Token, _ poller: borrowing Poller, isFront: Bool, now: Int64
    ) {
        if isFront { frontStreams += 1 } else { counters.viewersAccepted += 1 }
        connection.pointee.phase = .stream
        connection.pointee.since = now
        connection.pointee.progress = now
        let round = shape == .samples ? samplesRound : framesRound
        let id = hub.attach(shape: shape, resume: resume, now: now)
        connection.pointee.round = round
        connection.pointee.place = round.append(Viewer(connection: token, id: id, isFront: isFront))
        watch(token, for: [.readable, .peerClosed], poller)
        // The newest status may be from when someone last looked.
        if shape != .samples { nextStatus = now }
    }

    /// Takes a viewer out of its round and the hub.
    func remove(from round: Round, at place: Int, _ reason: ViewerCloseReason) {
        hub.detach(round.viewers[place].id, reason: reason.detachReason)
        if round.viewers[place].isFront { frontStreams -= 1 } else { counters.count(reason) }
        guard let moved = round.remove(at: place) else { return }
        connections.find(moved.connection)?.pointee.place = place
    }
}
