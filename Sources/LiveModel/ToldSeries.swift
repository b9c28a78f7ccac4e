import ByteCore

/// A series of counts as a history tells it, by second of the hub's clock.
///
/// ```
///                    tens                      seconds                  rest
///  [ 10 s ][ 10 s ] ... [ 10 s ] [ 1 s ][ 1 s ] ... [ 1 s ]   [ how long it lasts ]
///                                                          at                    until
/// ```
/// The server's seconds begin anywhere within ours: what one of them counts is spread evenly over those it
/// lies in, and so is what a step of ten seconds counts.
struct ToldSeries {
    /// More than a server tells, and longer than a stream takes from one second to the next.
    private static let mostTens = 64
    private static let mostSeconds = 128
    private static let longestRest: Int64 = 60_000

    /// Oldest first.
    var tens: [Int] = []
    var seconds: [Int] = []
    /// What came since the newest second.
    var rest = 0
    /// Epoch milliseconds of the end of the newest second, and of the rest.
    let at: Int64
    let until: Int64

    /// Reads `[[tens],[seconds]]`; what is no such thing is nothing.
    init(_ scanner: inout JSONScanner, at: Int64) throws(JSONFault) {
        self.at = at
        until = at
        guard scanner.next == UInt8(ascii: "[") else {
            try scanner.skipValue()
            return
        }
        try scanner.open()
        var index = 0
        while try scanner.nextElement(isFirst: index == 0) {
            switch index {
            case 0: tens = try Self.counts(&scanner, upTo: Self.mostTens)
            case 1: seconds = try Self.counts(&scanner, upTo: Self.mostSeconds)
            default: try scanner.skipValue()
            }
            index += 1
        }
    }

    /// Reads levels, one a second, the newest last.
    init(levels: UnsafeRawBufferPointer, at: Int64) {
        self.at = at
        until = at
        for index in max(levels.count - Self.mostSeconds, 0)..<levels.count {
            seconds.append(Self.count(ofLevel: unsafe levels[index]))
        }
    }

    /// The same with a number of samples that came since; a negative one takes from the newest second.
    init(_ series: ToldSeries, rest: Int, until: Int64) {
        (at, tens, seconds) = (series.at, series.tens, series.seconds)
        self.until = min(max(until, at), at + Self.longestRest)
        self.rest = max(rest, 0)
        if rest < 0, let newest = seconds.last { seconds[seconds.count - 1] = max(newest + rest, 0) }
    }

    private static func counts(_ scanner: inout JSONScanner, upTo limit: Int) throws(JSONFault) -> [Int] {
        var counts: [Int] = []
        guard scanner.next == UInt8(ascii: "[") else {
            try scanner.skipValue()
            return counts
        }
        try scanner.open()
        var isFirst = true
        while try scanner.nextElement(isFirst: isFirst) {
            isFirst = false
            counts.append(try scanner.takeCount(upTo: Int(UInt32.max)) ?? 0)
            if counts.count > limit { counts.removeFirst() }
        }
        return counts
    }

    /// What a character of base64url stands for: 0 to 15 as they are, above that eight steps to the double.
    static func count(ofLevel byte: UInt8) -> Int {
        let level: Int
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): level = Int(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): level = Int(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): level = Int(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): level = 62
        case UInt8(ascii: "_"): level = 63
        default: return 0
        }
        return level < 16 ? level : (8 + level % 8) << (level / 8 - 1)
    }

    /// Epoch milliseconds at which it begins.
    private var from: Int64 { at - Int64(seconds.count) * 1_000 - Int64(tens.count) * 10_000 }

    /// Shows `body` what it has for each second of the hub's clock, oldest first, and whether all of that
    /// second is told of.
    func forEachSecond(_ body: (_ second: Int64, _ count: Int, _ isWhole: Bool) -> Void) {
        guard from >= 0, until > from else { return }
        var place = Walk(from)
        var told = 0
        for second in HubClock.second(of: from)...HubClock.second(of: until - 1) {
            let end = min((second + 1) * 1_000, until)
            let sum = Int(place.sum(of: self, until: end).rounded())
            body(second, sum - told, second * 1_000 >= from && (second + 1) * 1_000 <= until)
            told = sum
        }
    }

    /// A walk along the steps, which adds up what lies behind.
    private struct Walk {
        private var start: Int64
        private var step = 0
        private var behind = 0.0

        init(_ start: Int64) { self.start = start }

        /// What the series counts until `end`, which only grows.
        mutating func sum(of series: ToldSeries, until end: Int64) -> Double {
            while let (count, length) = series.step(step) {
                guard start + length <= end else {
                    return behind + Double(count) * Double(max(end - start, 0)) / Double(max(length, 1))
                }
                behind += Double(count)
                start += length
                step += 1
            }
            return behind
        }
    }

    /// A step and its length in milliseconds; nil behind the last.
    private func step(_ index: Int) -> (count: Int, length: Int64)? {
        if index < tens.count { return (tens[index], 10_000) }
        let second = index - tens.count
        if second < seconds.count { return (seconds[second], 1_000) }
        return second == seconds.count ? (rest, until - at) : nil
    }
}
