import Glibc
import Tables

/// Reads this run's samples back from an event stream, line by line, at a few dozen nanoseconds each.
///
/// ```
///  id: 4f1d9e0c5b7a2836-90125
///  data: {"id":"abc-000017","x":812.000123,"y":433.000125}     as `SampleFrames` makes them
/// ```
/// It is no JSON parser: servers write these keys first and in this order, and a line of another form is
/// counted, not guessed at. Nothing is kept between calls; lines not yet whole are the caller's to keep.
@safe struct ArrivalScanner: ~Copyable {
    /// When the run began, in monotonic nanoseconds; 0 before it does.
    var begin: Int64 = 0
    /// Samples due before this many microseconds of the run are not part of the latencies.
    var warmUpMicroseconds: Int64
    private let prefix: UnsafeMutableRawPointer
    private static let prefixBytes = 18
    private static let dueModulus: Int64 = 10_000_000_000

    /// `run` is the three letters that the run's visitors begin with.
    init(run: String, warmUpMicroseconds: Int64) {
        self.warmUpMicroseconds = warmUpMicroseconds
        let text = Array("data: {\"id\":\"\(run)-".utf8)
        precondition(text.count <= Self.prefixBytes)
        unsafe prefix = .allocate(byteCount: Self.prefixBytes, alignment: 1)
        unsafe prefix.copyMemory(from: text, byteCount: text.count)
        prefixCount = text.count
    }

    private let prefixCount: Int

    deinit { unsafe prefix.deallocate() }

    /// Reads every whole line of `bytes`, which arrived at `now`; returns how many bytes those were.
    borrowing func scan(
        _ bytes: UnsafeRawBufferPointer, now: Int64, ledger: inout ArrivalLedger,
        latencies: inout LatencyHistogram
    ) -> Int {
        guard let start = bytes.baseAddress else { return 0 }
        let end = unsafe start + bytes.count
        var line = unsafe start
        while unsafe line < end, let newline = unsafe memchr(line, Int32(UInt8(ascii: "\n")), end - line) {
            let lineEnd = UnsafeRawPointer(newline)
            switch unsafe line.load(as: UInt8.self) {
            case UInt8(ascii: "d"):
                if unsafe !readSample(line, lineEnd, now, &ledger, &latencies),
                    unsafe !readWireSample(line, lineEnd, now, &ledger, &latencies)
                {
                    unsafe readOther(line, lineEnd, &ledger)
                }
            case UInt8(ascii: "i"): unsafe readNumber(line, lineEnd, &ledger)
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ":"): break
            default: unsafe readOther(line, lineEnd, &ledger)
            }
            unsafe line = lineEnd + 1
        }
        return unsafe line - start
    }

    /// The event's number: the digits behind `id: `, or behind the last dash of it.
    @inline(__always)
    private borrowing func readNumber(
        _ line: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ ledger: inout ArrivalLedger
    ) {
        var next = unsafe lineEnd
        while unsafe next > line, unsafe (next - 1).load(as: UInt8.self) &- UInt8(ascii: "0") < 10 {
            unsafe next -= 1
        }
        guard unsafe next < lineEnd, unsafe lineEnd - line > 4 else { return }
        unsafe ledger.receivedEvent(next.takeNumber())
    }

    /// Reads a line if it is a sample; the newline ends every run of digits, so none runs past the line.
    @inline(__always)
    private borrowing func readSample(
        _ line: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ now: Int64, _ ledger: inout ArrivalLedger,
        _ latencies: inout LatencyHistogram
    ) -> Bool {
        guard unsafe lineEnd - line >= prefixCount + 20, unsafe memcmp(line, prefix, prefixCount) == 0 else {
            return false
        }
        var next = unsafe line + prefixCount
        let visitor = unsafe next.takeNumber()
        guard unsafe lineEnd - next >= 12, unsafe next.begins(with: "\",\"x\":") else { return false }
        unsafe next += 6
        // A server that passes on the very bytes leaves the blanks that they came with.
        unsafe next.skipBlanks()
        _ = unsafe next.takeNumber()
        let number = unsafe next.takeFraction(digits: 6)
        guard unsafe lineEnd - next >= 6, unsafe next.begins(with: ",\"y\":") else { return false }
        unsafe next += 5
        unsafe next.skipBlanks()
        _ = unsafe next.takeNumber()
        let due = unsafe next.takeFraction(digits: 10)
        let behind = unsafe next.load(as: UInt8.self)
        guard behind == UInt8(ascii: "}") || behind == UInt8(ascii: ",") else { return false }
        // One that comes twice was in time once.
        guard ledger.receivedSample(visitor: visitor, number: number) else { return true }
        let elapsed = (now &- begin) / 1000
        // Long runs: the due time came modulo 10^10 microseconds.
        let round = elapsed - elapsed % Self.dueModulus
        var at = round + Int64(truncatingIfNeeded: due)
        if at > elapsed + Self.dueModulus / 2 { at -= Self.dueModulus }
        if at >= warmUpMicroseconds, begin > 0 {
            latencies.record(nanoseconds: now &- begin &- at &* 1000)
        }
        return true
    }

    /// Reads a line if it is a sample of `pointerscope.v1` by a visitor of this run, as `WireFrames` makes
    /// them.
    ///
    /// ```
    ///  data: {"id":"~AAAABBBBCCCCDDDD","x":812,"y":18,"t":5012346,...,"n":"abc-000017"}
    /// ```
    private borrowing func readWireSample(
        _ line: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ now: Int64, _ ledger: inout ArrivalLedger,
        _ latencies: inout LatencyHistogram
    ) -> Bool {
        guard unsafe lineEnd - line >= 50, unsafe line.begins(with: "data: {\"id\":\"~") else { return false }
        let key = unsafe WireNames.Key(
            first: line.loadUnaligned(fromByteOffset: 14, as: UInt64.self),
            second: line.loadUnaligned(fromByteOffset: 22, as: UInt64.self))
        var next = unsafe line + 30
        guard unsafe next.begins(with: "\",\"x\":") else { return false }
        unsafe next += 6
        _ = unsafe next.takeNumber()
        guard unsafe lineEnd - next >= 12, unsafe next.begins(with: ",\"y\":") else { return false }
        unsafe next += 5
        let place = unsafe next.takeNumber()
        guard unsafe lineEnd - next >= 6, unsafe next.begins(with: ",\"t\":") else { return false }
        unsafe next += 5
        let clock = unsafe next.takeNumber()
        if unsafe next.load(as: UInt8.self) != UInt8(ascii: "}") {
            unsafe learnName(next, lineEnd, key, &ledger)
        }
        guard let visitor = ledger.names.visitor(key) else { return false }
        // A hello is no sample of the plan.
        guard place > 0, ledger.receivedSample(visitor: visitor, number: place - 1) else { return true }
        let due = Int64(truncatingIfNeeded: clock) &* 1_000_000
        if begin > 0, due &- begin >= warmUpMicroseconds &* 1000 {
            latencies.record(nanoseconds: max(now &- due, 0))
        }
        return true
    }

    /// Notes the name of this run that stands in a line behind `start`, if one does.
    @inline(never)
    private borrowing func learnName(
        _ start: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ key: WireNames.Key,
        _ ledger: inout ArrivalLedger
    ) {
        // The run's letters and the dash, behind the key; quotes within strings have a backslash before them.
        let name = unsafe UnsafeRawBufferPointer(start: prefix + prefixCount - 4, count: 4)
        let word: StaticString = ",\"n\":\""
        var next = unsafe start
        while unsafe lineEnd - next >= word.utf8CodeUnitCount + 11,
            let comma = unsafe memchr(next, Int32(UInt8(ascii: ",")), lineEnd - next)
        {
            unsafe next = UnsafeRawPointer(comma)
            guard unsafe lineEnd - next >= word.utf8CodeUnitCount + 11 else { return }
            if unsafe next.begins(with: word),
                unsafe memcmp(next + word.utf8CodeUnitCount, name.baseAddress!, 4) == 0
            {
                unsafe next += word.utf8CodeUnitCount + 4
                return unsafe ledger.names.learn(key, visitor: next.takeNumber())
            }
            unsafe next += 1
        }
    }

    @inline(never)
    private borrowing func readOther(
        _ line: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ ledger: inout ArrivalLedger
    ) {
        let length = unsafe lineEnd - line
        func starts(with word: StaticString) -> Bool {
            unsafe length >= word.utf8CodeUnitCount && line.begins(with: word)
        }
        if starts(with: "data: {\"kill\":") {
            ledger.kills &+= 1
        } else if starts(with: "event: reset") {
            ledger.resets &+= 1
        } else {
            // The visitors of others, a reset's data, the reconnection time.
            ledger.otherLines &+= 1
        }
    }
}

extension UnsafeRawPointer {
    /// Whether these bytes stand here; there must be as many.
    @inline(__always)
    fileprivate func begins(with word: StaticString) -> Bool {
        unsafe memcmp(self, word.utf8Start, word.utf8CodeUnitCount) == 0
    }

    @inline(__always)
    fileprivate mutating func skipBlanks() {
        while unsafe load(as: UInt8.self) == UInt8(ascii: " ") { unsafe self += 1 }
    }

    /// Reads decimal digits and steps over them; 0 where there are none, wrapping where there are too many.
    @inline(__always)
    fileprivate mutating func takeNumber() -> UInt64 {
        var value: UInt64 = 0
        while true {
            let digit = unsafe load(as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { return value }
            value = value &* 10 &+ UInt64(digit)
            unsafe self += 1
        }
    }

    /// Reads what stands behind a point as so many digits, zeros added where they were left out; steps over
    /// all.
    @inline(__always)
    fileprivate mutating func takeFraction(digits: Int) -> UInt64 {
        guard unsafe load(as: UInt8.self) == UInt8(ascii: ".") else { return 0 }
        unsafe self += 1
        var value: UInt64 = 0
        var missing = digits
        while true {
            let digit = unsafe load(as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if missing > 0 {
                value = value &* 10 &+ UInt64(digit)
                missing -= 1
            }
            unsafe self += 1
        }
        while missing > 0 {
            value = value &* 10
            missing -= 1
        }
        return value
    }
}
