@testable import LoadGenerator

/// What happened to one visitor, and when, in simulated time.
struct MotionRecorder {
    struct Entry: Equatable {
        var time: Int64
        var step: MotionStep
    }

    var entries: [Entry] = []
    var reaches: [Reach] = []

    /// Runs a visitor from `begin` for `seconds`, waking exactly when something is due.
    static func run(
        seed: UInt64, temperament: Temperament = .busy, seconds: Double,
        viewport: Viewport = Viewport(width: 1440, height: 789), pageCount: Int = 6
    ) -> MotionRecorder {
        let begin: Int64 = 5_000_000_000
        var recorder = MotionRecorder()
        var motion = HumanMotion(
            seed: seed, temperament: temperament, viewport: viewport, pageCount: pageCount, opensAt: begin)
        var now = begin
        let end = begin + Int64(seconds * 1e9)
        while now < end {
            let step = motion.step(now: now)
            if let reach = motion.reach, reach != recorder.reaches.last { recorder.reaches.append(reach) }
            if step == .nothing {
                now = motion.nextDueNanoseconds
            } else {
                recorder.entries.append(Entry(time: now, step: step))
            }
        }
        return recorder
    }

    /// The samples with their times.
    var samples: [(time: Int64, sample: MotionSample)] {
        entries.compactMap { entry in
            guard case .sample(let sample) = entry.step else { return nil }
            return (entry.time, sample)
        }
    }
}

/// Least squares: slope, intercept and the correlation of two columns.
func regression(_ x: [Double], _ y: [Double]) -> (slope: Double, intercept: Double, correlation: Double) {
    let count = Double(x.count)
    let meanX = x.reduce(0, +) / count
    let meanY = y.reduce(0, +) / count
    var xx = 0.0
    var xy = 0.0
    var yy = 0.0
    for (a, b) in zip(x, y) {
        xx += (a - meanX) * (a - meanX)
        xy += (a - meanX) * (b - meanY)
        yy += (b - meanY) * (b - meanY)
    }
    return (xy / xx, meanY - xy / xx * meanX, xy / (xx * yy).squareRoot())
}
