import Tables

/// A condition of `--require`, and what became of it.
public struct LoadVerdict: Equatable, Sendable {
    public enum Outcome: Sendable {
        case passed, failed
        /// Not known before the end.
        case open

        /// In the words of test suites.
        public var word: String {
            switch self {
            case .passed: "PASS"
            case .failed: "FAIL"
            case .open: "...."
            }
        }
    }

    /// The condition as it was written.
    public var text: String
    /// What its figure is, for a person.
    public var value: String
    public var outcome: Outcome
}

extension LoadRun {
    /// Conditions as they stand in mid-run. What was counted so far says nothing of what will have been: such
    /// conditions stay open, and so do those whose figure is not known yet.
    func standingVerdicts() -> [LoadVerdict] {
        plan.requirements.map { condition in
            let value = standing(condition.figure)
            guard value.isFinite else {
                return LoadVerdict(text: condition.text, value: "at the end", outcome: .open)
            }
            return LoadVerdict(
                text: condition.text, value: LoadReport.written(value, condition.figure.unit),
                outcome: condition.isMet(by: value) ? .passed : .failed)
        }
    }

    private func standing(_ figure: Figure) -> Double {
        guard begin > 0, !figure.isOfEnd else { return .nan }
        let all = Percentiles(latencies)
        let opening = Percentiles(handshakes)
        func time(_ times: Percentiles, _ value: Int64) -> Double { times.count > 0 ? Double(value) : .nan }
        return switch figure {
        case .p50: time(all, all.p50)
        case .p90: time(all, all.p90)
        case .p95: time(all, all.p95)
        case .p99: time(all, all.p99)
        case .p999: time(all, all.p999)
        case .p9999: time(all, all.p9999)
        case .max: time(all, all.maximum)
        case .rate: history.points.isEmpty ? .nan : Double(lastPoint.sent)
        case .errors: Double(totals().errors)
        case .handshakeP50: time(opening, opening.p50)
        case .handshakeP99: time(opening, opening.p99)
        case .lagP99: lag.count > 0 ? Double(lag.nanoseconds(at: 0.99)) : .nan
        case .generator: lastPoint.generatorShare
        case .cpu: lastPoint.serverShare ?? .nan
        case .memory: lastPoint.serverBytes.map { Double($0) } ?? .nan
        default: .nan
        }
    }
}
