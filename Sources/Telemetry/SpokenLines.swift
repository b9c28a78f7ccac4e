import ByteCore

/// What a child process says on its standard error, cut into lines for the log, and bounded: whoever floods
/// it costs reading and no more.
public struct SpokenLines: ~Copyable {
    var partial = ByteBuffer(capacity: 64)
    /// The line at hand is longer than what is kept of it.
    private var isCut = false
    /// Until when the lines of `left` have to last, nanoseconds.
    private var periodEnds = Int64.min
    private var left = 0
    /// Lines that were left out since the last one that was not.
    private var omitted: Int64 = 0

    /// One line for the log.
    public struct Line: Equatable {
        /// Without its end; bytes that are no UTF-8 are repaired. Of a longer one than `LogLimits.textBytes`
        /// the beginning and an ellipsis.
        public let text: String
        /// Lines left out in front of it.
        public let omitted: Int64
    }

    /// Nothing has been said.
    public init() {}

    /// Takes what was read at `now` (monotonic nanoseconds) and hands on the lines that it ends.
    public mutating func take(_ bytes: UnsafeRawBufferPointer, now: Int64, _ body: (Line) -> Void) {
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            if byte == UInt8(ascii: "\n") {
                endLine(now: now, body)
            } else if partial.count < LogLimits.textBytes {
                partial.append(byte)
            } else {
                isCut = true
            }
        }
    }

    /// Takes in that nothing more will come: the last line may lack its end.
    public mutating func end(now: Int64, _ body: (Line) -> Void) { endLine(now: now, body) }

    private mutating func endLine(now: Int64, _ body: (Line) -> Void) {
        defer {
            partial.removeAll()
            isCut = false
        }
        if now >= periodEnds {
            periodEnds = now + LogLimits.spokenPeriodNanoseconds
            left = LogLimits.spokenLines
        }
        guard !partial.isEmpty else { return }
        guard left > 0 else {
            omitted += 1
            return
        }
        left -= 1
        let text = unsafe String(decoding: partial.readable, as: UTF8.self)
        body(Line(text: isCut ? text + "…" : text, omitted: omitted))
        omitted = 0
    }
}
