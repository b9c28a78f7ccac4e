import ByteCore
import Tables

/// Histograms travel as what has been added since they last did: few buckets change in a tenth of a second.
extension LogLinearHistogram where Scale == LatencyScale {
    /// Appends a record of what was recorded since `told` was brought up to date, and brings it up to date;
    /// nothing if nothing was.
    func appendGrowth(
        since told: inout LatencyHistogram, as type: LoadRecordType, to output: inout ByteBuffer
    ) {
        guard count != told.count else { return }
        var payload = ByteBuffer(capacity: 1024)
        payload.append(memoryOf: UInt64(bitPattern: maximumNanoseconds))
        for bucket in 0..<Self.bucketCount {
            let growth = self[bucket] &- told[bucket]
            guard growth > 0 else { continue }
            payload.append(memoryOf: UInt64(bucket))
            payload.append(memoryOf: growth)
            told.add(growth, to: bucket)
        }
        told.raiseMaximum(to: maximumNanoseconds)
        unsafe output.appendRecord(type, bytes: payload.readable)
    }

    /// Adds what such a record tells.
    mutating func add(_ record: LoadRecord) {
        let numbers = record.count(of: UInt64.self)
        guard numbers > 0 else { return }
        raiseMaximum(to: Int64(bitPattern: record.number(0, as: UInt64.self)))
        var index = 1
        while index + 1 < numbers {
            let bucket = min(record.number(index, as: UInt64.self), UInt64(Self.bucketCount - 1))
            add(record.number(index + 1, as: UInt64.self), to: Int(bucket))
            index += 2
        }
    }
}
