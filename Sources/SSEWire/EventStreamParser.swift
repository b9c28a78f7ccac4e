import ByteCore

import func Glibc.memchr
import func Glibc.memcmp

/// One event of a stream; its bytes are valid until the parser's next call.
@safe public struct EventStreamMessage {
    /// The `event` field; empty stands for `message`.
    public let event: UnsafeRawBufferPointer
    /// The `data` fields, joined by line feeds.
    public let data: UnsafeRawBufferPointer
    /// The last `id` field seen so far, of this message or an earlier one.
    public let id: UnsafeRawBufferPointer
}

/// Why a stream cannot be read on.
public enum EventStreamError: Error, Equatable {
    /// A message grew past the parser's limit; the parser stays in this state.
    case messageTooLong
}

/// The client's side of an event stream, fed in pieces of any size (WHATWG HTML, section 9.2.6).
///
/// Lines end with CR LF, LF or CR; comments and unknown fields are ignored; an event without data is not
/// dispatched. Bytes are not checked for UTF-8: who shows them does that.
public struct EventStreamParser: ~Copyable {
    private enum State {
        case reading
        /// The last call returned a message that the next one clears away.
        case dispatched
        case failed
    }

    /// Bytes looked at in one search for a line's end; without it a long run of CR-only lines would be
    /// searched to its end again and again for an LF that is not there.
    private static let searchBytes = 4_096

    private let limit: Int
    private var state = State.reading
    private var isFirstLine = true
    /// The last line ended with CR: an LF that follows belongs to it.
    private var skipsLineFeed = false
    private var line = ByteBuffer(capacity: 256)
    private var event = ByteBuffer(capacity: 32)
    private var data = ByteBuffer(capacity: 1_024)
    private var id = ByteBuffer(capacity: 64)
    private var hasData = false

    /// The newest `retry` field in milliseconds, if there was one.
    public private(set) var retryMilliseconds: Int?

    /// Makes a parser that refuses messages over `messageLimit` bytes.
    public init(messageLimit: Int = Limits.messageBytes) {
        limit = messageLimit
    }

    /// The last event id, to be sent as `Last-Event-ID` when connecting again.
    public var lastEventID: UnsafeRawBufferPointer { unsafe id.readable }

    /// Bytes held for what is not complete yet.
    public var heldBytes: Int { line.count + event.count + data.count + id.count }

    /// Reads on from `bytes[offset]`, moves `offset` past what was read, and returns the next message, or nil
    /// when all of `bytes` has been read.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer, offset: inout Int
    ) throws(EventStreamError) -> EventStreamMessage? {
        switch state {
        case .reading: break
        case .failed: throw .messageTooLong
        case .dispatched:
            event.removeAll()
            data.removeAll()
            hasData = false
            state = .reading
        }
        while offset < bytes.count {
            if skipsLineFeed {
                skipsLineFeed = false
                if unsafe bytes[offset] == UInt8(ascii: "\n") {
                    offset += 1
                    continue
                }
            }
            let window = unsafe UnsafeRawBufferPointer(
                rebasing: bytes[offset..<min(bytes.count, offset + Self.searchBytes)])
            guard let end = unsafe Self.lineEnd(in: window) else {
                try unsafe hold(window)
                offset += window.count
                continue
            }
            offset += end + 1
            skipsLineFeed = unsafe window[end] == UInt8(ascii: "\r")
            if try unsafe finishLine(with: UnsafeRawBufferPointer(rebasing: window[0..<end])) {
                state = .dispatched
                return unsafe EventStreamMessage(event: event.readable, data: data.readable, id: id.readable)
            }
        }
        return nil
    }

    private static func lineEnd(in window: UnsafeRawBufferPointer) -> Int? {
        guard let base = window.baseAddress else { return nil }
        let feed = unsafe memchr(base, 0x0A, window.count).map { unsafe UnsafeRawPointer($0) - base }
        let carriageReturn = unsafe memchr(base, 0x0D, feed ?? window.count).map {
            unsafe UnsafeRawPointer($0) - base
        }
        return carriageReturn ?? feed
    }

    private mutating func hold(_ piece: UnsafeRawBufferPointer) throws(EventStreamError) {
        guard heldBytes + piece.count <= limit else { throw fail() }
        unsafe line.append(piece)
    }

    private mutating func fail() -> EventStreamError {
        state = .failed
        return .messageTooLong
    }

    /// Takes the line whose last piece is `piece`; returns whether it ended a message that is to be
    /// dispatched.
    private mutating func finishLine(with piece: UnsafeRawBufferPointer) throws(EventStreamError) -> Bool {
        guard heldBytes + piece.count < limit else { throw fail() }
        if line.isEmpty {
            return unsafe take(line: piece)
        }
        unsafe line.append(piece)
        let isMessage = unsafe take(line: line.readable)
        line.removeAll()
        return isMessage
    }

    private mutating func take(line whole: UnsafeRawBufferPointer) -> Bool {
        var text = unsafe whole
        if isFirstLine {
            isFirstLine = false
            // Section 9.2.6: one leading byte order mark is dropped.
            if text.count >= 3, unsafe text[0] == 0xEF, unsafe text[1] == 0xBB, unsafe text[2] == 0xBF {
                unsafe text = UnsafeRawBufferPointer(rebasing: text[3...])
            }
        }
        guard let base = text.baseAddress, unsafe !text.isEmpty else { return finishMessage() }
        let nameEnd =
            unsafe memchr(base, 0x3A, text.count).map { unsafe UnsafeRawPointer($0) - base } ?? text.count
        var valueStart = min(nameEnd + 1, text.count)
        if valueStart < text.count, unsafe text[valueStart] == UInt8(ascii: " ") { valueStart += 1 }
        unsafe takeField(
            name: UnsafeRawBufferPointer(rebasing: text[0..<nameEnd]),
            value: UnsafeRawBufferPointer(rebasing: text[valueStart...]))
        return false
    }

    private mutating func takeField(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if unsafe name.isEqual(to: "data") {
            if hasData { data.append(UInt8(ascii: "\n")) }
            unsafe data.append(value)
            hasData = true
        } else if unsafe name.isEqual(to: "id") {
            guard unsafe !value.contains(0) else { return }
            id.removeAll()
            unsafe id.append(value)
        } else if unsafe name.isEqual(to: "event") {
            event.removeAll()
            unsafe event.append(value)
        } else if unsafe name.isEqual(to: "retry") {
            unsafe takeRetry(value)
        }
    }

    private mutating func takeRetry(_ value: UnsafeRawBufferPointer) {
        var milliseconds = 0
        guard unsafe !value.isEmpty, value.count <= 9 else { return }
        for index in value.indices {
            let byte = unsafe value[index]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return }
            milliseconds = milliseconds * 10 + Int(byte - UInt8(ascii: "0"))
        }
        retryMilliseconds = milliseconds
    }

    private mutating func finishMessage() -> Bool {
        if hasData { return true }
        event.removeAll()
        return false
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of `literal`.
    func isEqual(to literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        guard let baseAddress else { return true }
        return unsafe memcmp(baseAddress, literal.utf8Start, count) == 0
    }
}
