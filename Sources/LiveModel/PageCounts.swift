/// Samples and clicks of every page per second of the hub's clock, for the last minute.
///
/// All pages have the same newest second, so that a sample costs an addition and nothing else.
/// ```
/// row   samples of the last 64 seconds, at second modulo 64     clicks
///   0   [ 64 x u32 ]  whoever has no page                       [ 64 x u16 ]
///   1   [ 64 x u32 ]  page 0                                    [ 64 x u16 ]
/// ```
struct PageCounts {
    /// Seconds kept: what is shown is 60, and a power of two makes the place a mask.
    static let seconds = 64

    private var samples = [UInt32](repeating: 0, count: seconds)
    private var clicks = [UInt16](repeating: 0, count: seconds)
    private var headSecond: Int64?

    /// Makes room for page `number`, which has no samples yet.
    mutating func begin(_ number: Int32) {
        let start = Self.start(number)
        if start == samples.count {
            samples.append(contentsOf: repeatElement(0, count: Self.seconds))
            clicks.append(contentsOf: repeatElement(0, count: Self.seconds))
        } else {
            for place in start..<start + Self.seconds {
                samples[place] = 0
                clicks[place] = 0
            }
        }
    }

    /// Makes `second` the newest unless a newer one is; false where it is older than what is kept.
    mutating func advance(to second: Int64) -> Bool {
        let head = headSecond ?? second
        headSecond = max(head, second)
        let steps = min(second - head, Int64(Self.seconds))
        guard steps > 0 else { return second > head - Int64(Self.seconds) }
        for step in 0..<steps {
            var place = Self.column(second - step)
            while place < samples.count {
                samples[place] = 0
                clicks[place] = 0
                place += Self.seconds
            }
        }
        return true
    }

    /// Forgets everything.
    mutating func restart() {
        for place in samples.indices {
            samples[place] = 0
            clicks[place] = 0
        }
        headSecond = nil
    }

    /// Adds to the samples of page `number` in `second`, to which the counts were advanced.
    @inline(__always)
    mutating func add(_ count: UInt32, to number: Int32, at second: Int64) {
        samples[Self.start(number) &+ Self.column(second)] &+= count
    }

    /// Makes the samples of page `number` in `second` others, where they are kept.
    mutating func put(_ count: Int, to number: Int32, at second: Int64) {
        guard isKept(second) else { return }
        samples[Self.start(number) + Self.column(second)] = UInt32(clamping: count)
    }

    mutating func addClick(to number: Int32, at second: Int64) {
        let place = Self.start(number) + Self.column(second)
        if clicks[place] < .max { clicks[place] += 1 }
    }

    func samples(of number: Int32, at second: Int64) -> Int {
        isKept(second) ? Int(samples[Self.start(number) + Self.column(second)]) : 0
    }

    func clicks(of number: Int32, at second: Int64) -> Int {
        isKept(second) ? Int(clicks[Self.start(number) + Self.column(second)]) : 0
    }

    private func isKept(_ second: Int64) -> Bool {
        guard let head = headSecond else { return false }
        return second <= head && second > head - Int64(Self.seconds)
    }

    @inline(__always)
    private static func start(_ number: Int32) -> Int { (Int(number) &+ 1) &* seconds }

    @inline(__always)
    private static func column(_ second: Int64) -> Int { Int(second & Int64(seconds - 1)) }
}
