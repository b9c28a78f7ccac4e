import Glibc
import Tables

/// A run second by second, in bounded memory: when it grows too long, two points become one.
struct LoadHistory: ~Copyable {
    private(set) var points: [LoadPoint] = []
    /// Seconds that one point stands for.
    private(set) var secondsPerPoint = 1
    /// Times of the point that is not over yet.
    private var current = LatencyHistogram()
    private var heat = [UInt32](repeating: 0, count: LoadPoint.heatBins)
    private var secondsInCurrent = 0
    private var pending = LoadPoint()

    private static let heatFloor = 10_000.0
    static let heatBinsOfDecade = 4

    /// Which step of the heat strip a time belongs to.
    static func heatBin(_ nanoseconds: Int64) -> Int {
        guard Double(nanoseconds) > heatFloor else { return 0 }
        return min(
            Int(log10(Double(nanoseconds) / heatFloor) * Double(heatBinsOfDecade)) + 1, LoadPoint.heatBins - 1
        )
    }

    /// The upper end of a step, in nanoseconds.
    static func heatEdge(_ bin: Int) -> Int64 {
        Int64(heatFloor * pow(10, Double(bin) / Double(heatBinsOfDecade)))
    }

    /// Adds times that came in this second.
    mutating func add(_ record: LoadRecord) {
        let numbers = record.count(of: UInt64.self)
        var index = 1
        while index + 1 < numbers {
            let bucket = Int(
                min(record.number(index, as: UInt64.self), UInt64(LatencyHistogram.bucketCount - 1)))
            let count = record.number(index + 1, as: UInt64.self)
            let middle = LatencyHistogram.middle(of: bucket)
            current.add(count, to: bucket)
            // Of one second alone the greatest value is known as its bucket.
            current.raiseMaximum(to: middle)
            heat[Self.heatBin(middle)] &+= UInt32(clamping: count)
            index += 2
        }
    }

    /// The second is over; `point` is what else there is to say of it.
    mutating func append(_ point: LoadPoint) {
        pending.offered += point.offered
        pending.sent += point.sent
        pending.received += point.received
        pending.errors += point.errors
        pending.open = point.open
        pending.generatorShare = max(pending.generatorShare, point.generatorShare)
        pending.serverShare = point.serverShare
        pending.serverBytes = point.serverBytes
        secondsInCurrent += 1
        guard secondsInCurrent >= secondsPerPoint else { return }
        pending.latency = Percentiles(current)
        pending.heat = heat
        points.append(pending)
        pending = LoadPoint()
        current = LatencyHistogram()
        heat = Array(repeating: 0, count: LoadPoint.heatBins)
        secondsInCurrent = 0
        if points.count >= LoadLimits.historyPoints { halve() }
    }

    private mutating func halve() {
        var halved: [LoadPoint] = []
        for index in stride(from: 0, to: points.count - 1, by: 2) {
            var point = points[index]
            let next = points[index + 1]
            point.offered += next.offered
            point.sent += next.sent
            point.received += next.received
            point.errors += next.errors
            point.open = next.open
            // Of two seconds' percentiles the worse is told.
            if next.latency.p99 > point.latency.p99 { point.latency = next.latency }
            point.heat = zip(point.heat, next.heat).map { $0 &+ $1 }
            point.generatorShare = max(point.generatorShare, next.generatorShare)
            point.serverShare = next.serverShare
            point.serverBytes = next.serverBytes
            halved.append(point)
        }
        points = halved
        secondsPerPoint *= 2
    }
}
