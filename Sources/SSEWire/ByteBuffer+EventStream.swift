public import ByteCore

/// What goes out on a `text/event-stream` (WHATWG HTML, section 9.2 "Server-sent events").
///
/// ```
/// id: 00c0ffee00c0ffee-17     <boot, 16 hexadecimal digits>-<n>
/// event: frame                left out in the default shape
/// data: {"n":17}
///                             the blank line ends the message
/// ```
extension ByteBuffer {
    /// Appends what every stream begins with: a comment of 2 KiB, then the retry time.
    public mutating func appendEventStreamOpening() {
        append(UInt8(ascii: ":"))
        _ = unsafe appendInPlace(minimum: Limits.openingCommentBytes) { space in
            unsafe space[0..<Limits.openingCommentBytes].initializeMemory(
                as: UInt8.self, repeating: UInt8(ascii: " "))
            return Limits.openingCommentBytes
        }
        append("\nretry: ")
        appendDecimal(Limits.retryMilliseconds)
        append("\n\n")
    }

    /// Appends a comment that keeps an idle connection alive.
    public mutating func appendHeartbeat() {
        append(":\n\n")
    }

    /// Appends `id: <boot>-`, the part of a message's first line that is the same all through a process's
    /// life.
    public mutating func appendEventIDPrefix(boot: UInt64) {
        append("id: ")
        appendHex(boot, digits: LastEventID.bootDigits)
        append(UInt8(ascii: "-"))
    }

    /// Appends a message's head up to and with `data: `; what follows is one line of data and two line feeds.
    ///
    /// - Parameter event: the event's name; nil for the default, `message`.
    public mutating func appendMessageHead(boot: UInt64, n: UInt64, event: StaticString?) {
        appendEventIDPrefix(boot: boot)
        appendDecimal(n)
        if let event {
            append("\nevent: ")
            append(event)
        }
        append("\ndata: ")
    }

    /// Appends a whole message; every line of `data` becomes a `data` field of its own.
    public mutating func appendMessage(
        boot: UInt64, n: UInt64, event: StaticString? = nil, data: UnsafeRawBufferPointer
    ) {
        appendMessageHead(boot: boot, n: n, event: event)
        for index in data.indices {
            let byte = unsafe data[index]
            if byte == UInt8(ascii: "\n") {
                append("\ndata: ")
            } else if byte != UInt8(ascii: "\r") {
                append(byte)
            }
        }
        append("\n\n")
    }
}
