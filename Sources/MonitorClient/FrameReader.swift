import LiveModel
import SSEWire

/// Brings the messages of an event stream into the model, one stream after the other.
struct FrameReader: ~Copyable {
    private var parser = EventStreamParser()
    /// The server's last word before this stream began.
    private(set) var lastEventID: [UInt8] = []
    /// How long the server wants to be left alone before somebody connects again.
    private(set) var retryMilliseconds = Limits.retryMilliseconds
    /// Whether this stream has said anything that a Pointerscope server says.
    private(set) var hasSpoken = false
    /// Whether any has.
    private(set) var hasEverSpoken = false
    /// Why the server has ended this stream, where nobody is signed in on it any more.
    private(set) var signedOut: SignedOut?
    /// Whether the master said that it goes on without its front.
    private(set) var isDetached = false

    /// Begins another stream; what the one before left unfinished is forgotten.
    mutating func begin() {
        if unsafe !parser.lastEventID.isEmpty { lastEventID = unsafe Array(parser.lastEventID) }
        parser = EventStreamParser()
        hasSpoken = false
        signedOut = nil
    }

    /// Reads what came; returns why the stream cannot be read on, if it cannot.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, into model: inout LiveModel, now: Int64
    ) -> StreamFailure? {
        var offset = 0
        do throws(EventStreamError) {
            while let message = try unsafe parser.next(bytes, offset: &offset) {
                if unsafe message.event.elementsEqual("detached".utf8) { isDetached = true }
                if unsafe message.event.elementsEqual("signed-out".utf8) {
                    signedOut = unsafe SignedOut(message.data)
                    return nil
                }
                if unsafe model.apply(event: message.event, data: message.data, now: now) == .applied {
                    hasSpoken = true
                    hasEverSpoken = true
                } else if !hasSpoken, !isDetached {
                    return .notPointerscope
                }
            }
        } catch {
            return .messageTooLong
        }
        if let milliseconds = parser.retryMilliseconds { retryMilliseconds = milliseconds }
        return nil
    }
}
