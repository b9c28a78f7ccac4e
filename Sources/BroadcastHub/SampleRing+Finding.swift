import PointerEvents

/// Finding what the ring has by its n.
extension SampleRing {
    /// The segment that holds `n`, which is not before `firstN`; the head for what is not appended yet.
    func segmentIndex(of n: UInt64) -> Int {
        var low = 0
        var high = segments.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if segments[middle].firstN <= n { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The record of `n`, sealed or not, where the ring has it.
    func record(of n: UInt64) -> UnsafePointer<PointerSample>? {
        guard n >= firstN, n <= headN else { return nil }
        // All segments but the head are full.
        let (segment, place) = Int(n - firstN).quotientAndRemainder(dividingBy: segmentRecords)
        return UnsafePointer(segments[segment].records + place)
    }

    /// Samples up to and with `n`, which is sealed and not before `firstN - 1`.
    func ordinal(through n: UInt64) -> UInt64 {
        if n == headN { return headOrdinal }
        let segment = segments[segmentIndex(of: n + 1)]
        return segment.ordinal(before: Int(n + 1 - segment.firstN))
    }

    /// The tail of the record of `n`, which the ring has.
    func tail(of n: UInt64) -> SampleTail {
        let segment = segments[segmentIndex(of: n)]
        return segment.tails.tail(at: Int(n - segment.firstN))
    }
}
