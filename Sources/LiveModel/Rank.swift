/// Where a visitor stands among the others: the lesser first, word by word.
struct Rank: BitwiseCopyable {
    var first: UInt64
    var second: UInt64
    var third: UInt64
    var slot: Int

    @inline(__always)
    static func isBefore(_ one: Rank, _ other: Rank) -> Bool {
        if one.first != other.first { return one.first < other.first }
        if one.second != other.second { return one.second < other.second }
        return one.third < other.third
    }

    /// The same with everyone's place turned round.
    @inline(__always)
    var reversed: Rank { Rank(first: ~first, second: ~second, third: ~third, slot: slot) }

    /// Puts those that belong at `range` of the order there, in order; the others are in none.
    @inline(__always)
    static func order(
        _ ranks: UnsafeMutableBufferPointer<Rank>, _ range: Range<Int>, by isBefore: (Rank, Rank) -> Bool
    ) {
        if range.lowerBound > 0 { unsafe partition(ranks, around: range.lowerBound, by: isBefore) }
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: ranks[range.lowerBound...])
        if range.count < rest.count { unsafe partition(rest, around: range.count, by: isBefore) }
        unsafe ranks[range].sort(by: isBefore)
    }

    /// Moves the `count` foremost of `ranks` to its front, in no order (quickselect).
    @inline(__always)
    private static func partition(
        _ ranks: UnsafeMutableBufferPointer<Rank>, around count: Int, by isBefore: (Rank, Rank) -> Bool
    ) {
        var low = 0
        var high = ranks.count - 1
        // A generator of no ambition: it only has to keep order in the input from making this slow.
        var random: UInt64 = 0x9E37_79B9_7F4A_7C15
        while low < high {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let pivot = unsafe ranks[low + Int((random >> 33) % UInt64(high - low + 1))]
            var left = low
            var right = high
            while left <= right {
                while unsafe isBefore(ranks[left], pivot) { left += 1 }
                while unsafe isBefore(pivot, ranks[right]) { right -= 1 }
                if left <= right {
                    unsafe ranks.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if count <= right {
                high = right
            } else if count >= left {
                low = left
            } else {
                return
            }
        }
    }
}
