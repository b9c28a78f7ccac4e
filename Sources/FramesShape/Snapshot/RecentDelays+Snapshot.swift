public import ByteCore
import Tables

/// Delays in a snapshot: the five seconds' buckets that hold something, and the totals.
///
/// ```
///  [ current second u32 ][ run: delay i64, length u64 ][ count u64 ][ sum u64 ]
///  5 x [ second u32 ][ maximum i64 ][ buckets in use u32 ] n x [ bucket u32 | count u64 ]
/// ```
extension RecentDelays {
    /// Appends them to a snapshot.
    public func write(into buffer: inout ByteBuffer) {
        buffer.append(integer: second)
        buffer.append(integer: runDelay)
        buffer.append(integer: runLength)
        buffer.append(integer: count)
        buffer.append(integer: sum)
        for place in 0..<Self.seconds {
            buffer.append(integer: secondsHeld[place])
            buffer.append(integer: histograms[place].maximumNanoseconds)
            let inUse = (0..<DelayScale.bucketCount).filter { histograms[place][$0] > 0 }
            buffer.append(integer: UInt32(inUse.count))
            for bucket in inUse {
                buffer.append(integer: UInt32(bucket))
                buffer.append(integer: histograms[place][bucket])
            }
        }
    }

    /// Takes over what a snapshot holds; these are new.
    public mutating func read(from reader: inout SnapshotReader) throws(SnapshotFault) {
        second = try reader.integer()
        runDelay = try reader.integer()
        runLength = try reader.counter()
        count = try reader.counter()
        sum = try reader.counter()
        current = histograms + Int(second % UInt32(Self.seconds))
        for place in 0..<Self.seconds {
            secondsHeld[place] = try reader.integer()
            let maximum = try reader.time()
            try reader.require(maximum >= 0)
            histograms[place].raiseMaximum(to: maximum)
            var last = -1
            for _ in 0..<(try reader.count(upTo: DelayScale.bucketCount)) {
                let bucket = Int(try reader.integer(UInt32.self))
                let count = try reader.counter()
                try reader.require(bucket > last && bucket < DelayScale.bucketCount && count > 0)
                histograms[place].add(count, to: bucket)
                // So that all buckets of all seconds together can be counted.
                try reader.require(histograms[place].count <= SnapshotReader.greatestCounter)
                last = bucket
            }
        }
    }
}
