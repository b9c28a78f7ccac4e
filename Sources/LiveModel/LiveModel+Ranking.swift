public import PointerEvents

/// What a row shows of a visitor.
public struct VisitorGlance: Sendable, BitwiseCopyable {
    /// Hub epoch milliseconds.
    public var sinceMilliseconds: Int64
    /// Hub epoch milliseconds of the newest sample; the same as `sinceMilliseconds` where there was none.
    public var lastMilliseconds: Int64
    /// CSS pixels of the page's viewport; meaningless unless `hasPosition`.
    public var x: Double
    public var y: Double
    public var kind: PointerKind
    public var hasPosition: Bool
    /// The process that the visitor is connected to.
    public var worker: Int32
}

/// A visitor's place among the others, as it was when they were put in order.
public struct RankedVisitor: Sendable, BitwiseCopyable {
    public var slot: Int
    /// Samples a second.
    public var rate: Double
}

/// Where a visitor stands among the others.
struct Rank: BitwiseCopyable {
    var rate: Double
    var arrival: UInt64
    var slot: Int

    /// Most active first, then whoever was heard last.
    @inline(__always)
    static func isBefore(_ one: Rank, _ other: Rank) -> Bool {
        one.rate != other.rate ? one.rate > other.rate : one.arrival > other.arrival
    }
}

extension LiveModel {
    /// What a row shows of the visitor in `slot`; nil where nobody has it any more.
    public func visitor(in slot: Int) -> VisitorGlance? {
        guard visitors.isInUse(slot) else { return nil }
        let record = visitors[slot]
        return VisitorGlance(
            sinceMilliseconds: record.sinceMilliseconds, lastMilliseconds: record.lastMilliseconds,
            x: record.x, y: record.y, kind: record.kind, hasPosition: record.hasPosition,
            worker: record.worker)
    }

    /// The id of the visitor in `slot`, as it came: not safe for a screen yet.
    public func id(of slot: Int) -> String {
        visitors.isInUse(slot) ? String(decoding: visitors.id(of: slot), as: UTF8.self) : ""
    }

    /// The page of the visitor in `slot`, as it came; empty where it never said one.
    public func page(of slot: Int) -> String {
        visitors.isInUse(slot) ? pages.text(visitors[slot].page) : ""
    }

    /// Fills `chosen` with up to `count` visitors, most active first, from the `offset`-th on.
    ///
    /// Only these are sorted, whoever else there is.
    public mutating func mostActive(from offset: Int, count: Int, into chosen: inout [RankedVisitor]) {
        chosen.removeAll(keepingCapacity: true)
        let start = min(max(offset, 0), visitors.count)
        let end = start + min(max(count, 0), visitors.count - start)
        guard start < end else { return }
        ranking.removeAll(keepingCapacity: true)
        for slot in 0..<visitors.slotsInUse where visitors.isInUse(slot) {
            ranking.append(Rank(rate: rate(of: slot), arrival: visitors[slot].arrival, slot: slot))
        }
        ranking.withUnsafeMutableBufferPointer { ranks in
            if start > 0 { Self.partition(ranks, around: start) }
            let rest = UnsafeMutableBufferPointer(rebasing: ranks[start...])
            if end - start < rest.count { Self.partition(rest, around: end - start) }
        }
        ranking[start..<end].sort(by: Rank.isBefore)
        for rank in ranking[start..<end] { chosen.append(RankedVisitor(slot: rank.slot, rate: rank.rate)) }
    }

    /// Moves the `count` foremost of `ranks` to its front, in no order (quickselect).
    private static func partition(_ ranks: UnsafeMutableBufferPointer<Rank>, around count: Int) {
        var low = 0
        var high = ranks.count - 1
        // A generator of no ambition: it only has to keep order in the input from making this slow.
        var random: UInt64 = 0x9E37_79B9_7F4A_7C15
        while low < high {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let pivot = ranks[low + Int((random >> 33) % UInt64(high - low + 1))]
            var left = low
            var right = high
            while left <= right {
                while Rank.isBefore(ranks[left], pivot) { left += 1 }
                while Rank.isBefore(pivot, ranks[right]) { right -= 1 }
                if left <= right {
                    ranks.swapAt(left, right)
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
