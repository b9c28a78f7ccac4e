/// One condition of `--require`: a figure of the report, a comparison, a bound.
///
/// ```
/// p99<50ms     rate>=5000     lost=0     generator<90%     memory<200MiB
/// ```
public struct Requirement: Equatable, Sendable {
    enum Comparison: String, CaseIterable, Sendable {
        // The longer ones first, so that `<=` is not read as `<`.
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
        case equal = "="
    }

    /// Why a text is no condition, for a person.
    public struct ParseError: Error, Equatable {
        public let reason: String
    }

    let figure: Figure
    let comparison: Comparison
    let bound: Double
    /// As it was written.
    public let text: String

    /// Reads conditions with commas between them.
    public static func parsing(_ text: String) throws(ParseError) -> [Requirement] {
        var conditions: [Requirement] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            conditions.append(try Requirement(parsing: part))
        }
        return conditions
    }

    private init(parsing part: Substring) throws(ParseError) {
        let written = String(part.filter { $0 != " " })
        let mark = written.firstIndex { "<=>".contains($0) } ?? written.endIndex
        let rest = written[mark...]
        guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
            throw ParseError(reason: "'\(written)' compares nothing; for example p99<50ms")
        }
        let name = String(written[..<mark])
        guard let figure = Figure(rawValue: name) else {
            let names = Figure.allCases.map(\.rawValue).joined(separator: " ")
            throw ParseError(reason: "'\(name)' is no figure; there are \(names)")
        }
        guard let bound = figure.value(of: rest.dropFirst(comparison.rawValue.count)) else {
            throw ParseError(reason: "'\(written)' needs \(figure.unit.example)")
        }
        self.figure = figure
        self.comparison = comparison
        self.bound = bound
        text = written
    }

    /// Whether a value of the figure meets it.
    func isMet(by value: Double) -> Bool {
        switch comparison {
        case .atMost: value <= bound
        case .atLeast: value >= bound
        case .below: value < bound
        case .above: value > bound
        case .equal: value == bound
        }
    }
}

/// What a condition can be about.
enum Figure: String, CaseIterable, Sendable {
    case p50, p90, p95, p99
    case p999 = "p99.9"
    case p9999 = "p99.99"
    case max, rate, offered, sent, unsent, received, lost, conflated, duplicates, disordered, foreign, resets
    case errors, connects
    case handshakeP50 = "handshake-p50"
    case handshakeP99 = "handshake-p99"
    case lagP99 = "lag-p99"
    case generator, cpu, memory

    enum Unit {
        case nanoseconds, count, share, bytes

        var example: String {
            switch self {
            case .nanoseconds: "a time, for example 50ms"
            case .count: "a number, for example 5000"
            case .share: "a share of a core, for example 90%"
            case .bytes: "a size, for example 200MiB"
            }
        }

        var suffixes: [(String, Double)] {
            switch self {
            case .nanoseconds: [("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)]
            case .count: [("k", 1e3), ("M", 1e6), ("", 1)]
            case .share: [("%", 0.01), ("", 1)]
            case .bytes:
                [
                    ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("kB", 1e3), ("MB", 1e6),
                    ("", 1),
                ]
            }
        }
    }

    var unit: Unit {
        switch self {
        case .p50, .p90, .p95, .p99, .p999, .p9999, .max, .handshakeP50, .handshakeP99, .lagP99: .nanoseconds
        case .generator, .cpu: .share
        case .memory: .bytes
        default: .count
        }
    }

    /// Whether it can be told only with viewers, or only with the server's process.
    var needsViewers: Bool {
        switch self {
        case .p50, .p90, .p95, .p99, .p999, .p9999, .max, .received, .lost, .conflated, .duplicates,
            .disordered,
            .foreign, .resets:
            true
        default: false
        }
    }

    /// Whether it comes of what viewers received; times are known as they are measured.
    var isOfArrival: Bool {
        switch self {
        case .received, .lost, .conflated, .duplicates, .disordered, .foreign, .resets: true
        default: false
        }
    }

    /// Whether it stands only when all has been sent: until then nothing can be said of it.
    var isOfEnd: Bool { isOfArrival || [.offered, .sent, .unsent].contains(self) }

    var needsPid: Bool { self == .cpu || self == .memory }

    /// A bound in the figure's base unit.
    func value(of text: Substring) -> Double? {
        for (suffix, factor) in unit.suffixes where text.hasSuffix(suffix) {
            let digits = text.dropLast(suffix.count)
            if unit == .nanoseconds, digits == "0" { return 0 }
            guard let number = Double(digits), number.isFinite, number >= 0 else { continue }
            let value = number * factor
            return value.isFinite ? value : nil
        }
        return text == "0" ? 0 : nil
    }
}

extension LoadPlan {
    /// Why a condition cannot be judged in this run, or nil.
    public var unjudgeable: String? {
        for condition in requirements {
            if condition.figure.needsViewers, viewers == 0 {
                return "\(condition.text) can only be judged with --viewer"
            }
            if condition.figure.needsPid, serverPid == nil {
                return "\(condition.text) can only be judged with --pid"
            }
        }
        return nil
    }
}
