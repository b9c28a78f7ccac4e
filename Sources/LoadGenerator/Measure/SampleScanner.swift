import Glibc

/// Reads the paced sender's own samples back from an event stream, line by line, at a few dozen nanoseconds
/// each.
///
/// ```
///  id: 4f1d9e0c5b7a2836-90125
///  data: {"id":"v17","x":4711,"y":2500000}     x: the visitor's sequence number from 1
///                                              y: when it was due, in microseconds of the run
/// ```
/// It is no JSON parser: the server writes these keys first and in this order, and a line of another form is
/// counted, not guessed at. Nothing is kept between calls; lines not yet whole are the caller's to keep.
struct SampleScanner {
    /// When the run began, in monotonic nanoseconds.
    var begin: Int64
    /// Samples due before this many microseconds of the run are not part of the latencies.
    var warmUpMicroseconds: UInt64

    /// Reads every whole line of `bytes`, which arrived at `now`; returns how many bytes those were.
    func scan(
        _ bytes: UnsafeRawBufferPointer, now: Int64, ledger: inout ViewerLedger,
        latencies: inout LatencyHistogram
    ) -> Int {
        guard let start = bytes.baseAddress else { return 0 }
        let end = start + bytes.count
        let before = ledger.received
        var line = start
        while line < end, let newline = memchr(line, Int32(UInt8(ascii: "\n")), end - line) {
            let lineEnd = UnsafeRawPointer(newline)
            switch line.load(as: UInt8.self) {
            case UInt8(ascii: "d"):
                if !readSample(line, lineEnd, now, &ledger, &latencies) { readOther(line, lineEnd, &ledger) }
            case UInt8(ascii: "i"), UInt8(ascii: "\n"), UInt8(ascii: ":"):
                break
            default:
                readOther(line, lineEnd, &ledger)
            }
            line = lineEnd + 1
        }
        if ledger.received != before { ledger.heard(at: now) }
        return line - start
    }

    /// Reads a line if it is a sample.
    ///
    /// The newline ends every run of digits, so none runs past the line; a word is compared only where the
    /// line is long enough for it.
    @inline(__always)
    private func readSample(
        _ line: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ now: Int64, _ ledger: inout ViewerLedger,
        _ latencies: inout LatencyHistogram
    ) -> Bool {
        guard lineEnd - line >= 28, line.begins(with: "data: {\"id\":\"v") else { return false }
        var next = line + 14
        let visitor = next.takeDigits()
        guard lineEnd - next >= 13, next.begins(with: "\",\"x\":") else { return false }
        next += 6
        let sequence = next.takeDigits()
        guard lineEnd - next >= 7, next.begins(with: ",\"y\":") else { return false }
        next += 5
        let due = next.takeDigits()
        let behind = next.load(as: UInt8.self)
        guard behind == UInt8(ascii: "}") || behind == UInt8(ascii: ",") else { return false }
        ledger.receivedSample(visitor: visitor, sequence: sequence)
        if due >= warmUpMicroseconds {
            latencies.record(nanoseconds: now &- begin &- Int64(truncatingIfNeeded: due) &* 1000)
        }
        return true
    }

    @inline(never)
    private func readOther(
        _ line: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ ledger: inout ViewerLedger
    ) {
        let length = lineEnd - line
        func starts(with word: StaticString) -> Bool {
            length >= word.utf8CodeUnitCount && line.begins(with: word)
        }
        if starts(with: "data: {\"kill\":") {
            ledger.kills &+= 1
        } else if starts(with: "event: reset") {
            ledger.resets &+= 1
        } else if !starts(with: "data: {\"n\":"), !starts(with: "retry: ") {
            // The data of a reset and the reconnection time are known and of no interest.
            ledger.unknownLines &+= 1
        }
    }
}

extension UnsafeRawPointer {
    /// Whether these bytes stand here; there must be as many.
    @inline(__always)
    fileprivate func begins(with word: StaticString) -> Bool {
        memcmp(self, word.utf8Start, word.utf8CodeUnitCount) == 0
    }

    /// Reads decimal digits and steps over them; 0 where there are none, wrapping where there are too many.
    @inline(__always)
    fileprivate mutating func takeDigits() -> UInt64 {
        var value: UInt64 = 0
        while true {
            let digit = load(as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { return value }
            value = value &* 10 &+ UInt64(digit)
            self += 1
        }
    }
}
