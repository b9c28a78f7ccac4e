public import ByteCore
import Tables

/// Delays in a snapshot: the buckets that hold something, of the five seconds and of all before, and the
/// totals.
///
/// ```
///  [ current second u32 ][ run: delay i64, length u64 ][ count u64 ][ sum u64 ]
///  5 x [ second u32 ][ histogram ]   [ histogram of the seconds before ]
///
///  histogram   [ maximum i64 ][ buckets in use u32 ] n x [ bucket u32 | count u64 ]
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
            histograms[place].write(into: &buffer)
        }
        earlier.write(into: &buffer)
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
            try histograms[place].read(from: &reader)
        }
        try earlier.read(from: &reader)
    }
}

extension LogLinearHistogram<DelayScale> {
    fileprivate func write(into buffer: inout ByteBuffer) {
        buffer.append(integer: maximumNanoseconds)
        let inUse = (0..<Self.bucketCount).filter { self[$0] > 0 }
        buffer.append(integer: UInt32(inUse.count))
        for bucket in inUse {
            buffer.append(integer: UInt32(bucket))
            buffer.append(integer: self[bucket])
        }
    }

    fileprivate mutating func read(from reader: inout SnapshotReader) throws(SnapshotFault) {
        let maximum = try reader.time()
        try reader.require(maximum >= 0)
        raiseMaximum(to: maximum)
        var last = -1
        for _ in 0..<(try reader.count(upTo: Self.bucketCount)) {
            let bucket = Int(try reader.integer(UInt32.self))
            let count = try reader.counter()
            try reader.require(bucket > last && bucket < Self.bucketCount && count > 0)
            add(count, to: bucket)
            // So that all buckets of all seconds together can be counted.
            try reader.require(self.count <= SnapshotReader.greatestCounter)
            last = bucket
        }
    }
}
