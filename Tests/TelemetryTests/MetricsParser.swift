/// A strict reader of the Prometheus text format, version 0.0.4: what it takes, any scraper takes.
struct MetricsParser {
    struct Sample: Equatable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    struct Family: Equatable {
        var name: String
        var help: String
        var type: String
        var samples: [Sample] = []
    }

    struct Fault: Error, Equatable {
        var line: Int
        var what: String
    }

    private var families: [Family] = []
    private var line = 0

    static func parse(_ text: String) throws(Fault) -> [Family] {
        var parser = MetricsParser()
        guard text.isEmpty || text.hasSuffix("\n") else {
            throw Fault(line: 0, what: "no newline at the end")
        }
        var help: (name: String, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            parser.line += 1
            if line.hasPrefix("# HELP ") {
                try parser.require(help == nil, "HELP without TYPE")
                help = try parser.nameAndRest(line.dropFirst(7))
            } else if line.hasPrefix("# TYPE ") {
                let (name, type) = try parser.nameAndRest(line.dropFirst(7))
                try parser.require(help?.name == name, "TYPE without its HELP")
                try parser.begin(Family(name: name, help: help?.text ?? "", type: type))
                help = nil
            } else {
                try parser.require(help == nil, "HELP without TYPE")
                try parser.take(line)
            }
        }
        try parser.require(help == nil, "HELP without TYPE")
        return parser.families
    }

    private func require(_ condition: Bool, _ what: String) throws(Fault) {
        if !condition { throw Fault(line: line, what: what) }
    }

    private func nameAndRest(_ text: Substring) throws(Fault) -> (name: String, text: String) {
        guard let space = text.firstIndex(of: " ") else {
            throw Fault(line: line, what: "nothing behind the name")
        }
        let name = String(text[..<space])
        try require(Self.isName(name, alsoAllowed: ":"), "a bad name")
        return (name, String(text[text.index(after: space)...]))
    }

    private mutating func begin(_ family: Family) throws(Fault) {
        try require(!families.contains { $0.name == family.name }, "a family twice")
        try require(["counter", "gauge", "summary", "histogram"].contains(family.type), "an unknown type")
        try require(family.type != "counter" || family.name.hasSuffix("_total"), "a counter without _total")
        try require(!family.help.isEmpty, "an empty HELP")
        families.append(family)
    }

    private mutating func take(_ text: Substring) throws(Fault) {
        var rest = text
        let name = String(rest.prefix { $0 != "{" && $0 != " " })
        rest = rest.dropFirst(name.count)
        let family = families.last
        let isOfSummary =
            family?.type == "summary" && ["_sum", "_count"].contains { family!.name + $0 == name }
        let isHistogram = family?.type == "histogram"
        let isOfHistogram =
            isHistogram && ["_bucket", "_sum", "_count"].contains { family!.name + $0 == name }
        try require(
            name == family?.name && !isHistogram || isOfSummary || isOfHistogram,
            "a sample outside of its family")
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            repeat {
                let (label, value) = try takeLabel(&rest)
                try require(labels.updateValue(value, forKey: label) == nil, "a label twice")
            } while Self.take(",", from: &rest)
            try require(Self.take("}", from: &rest), "labels without an end")
        }
        try require(Self.take(" ", from: &rest), "no space before the value")
        let sample = Sample(name: name, labels: labels, value: try value(rest))
        let last = families.count - 1
        try require(
            !families[last].samples.contains { $0.name == name && $0.labels == labels }, "a series twice")
        try require(
            families[last].type != "summary" || labels.keys.contains("quantile") != isOfSummary,
            "a summary's sample without its quantile")
        try require(
            !isHistogram || labels.keys.contains("le") == name.hasSuffix("_bucket"),
            "a bucket without its bound")
        if isHistogram { try requireRise(families[last].samples, sample) }
        families[last].samples.append(sample)
    }

    /// Buckets rise in bound and count, the last is infinite, and `_count` is what it has.
    private func requireRise(_ before: [Sample], _ sample: Sample) throws(Fault) {
        func bound(_ sample: Sample?) throws(Fault) -> Double {
            guard let text = sample?.labels["le"] else { return -.infinity }
            return try value(text[...])
        }
        let buckets = before.filter { $0.labels["le"] != nil }
        if sample.labels["le"] != nil {
            try require(try bound(sample) > bound(buckets.last), "bounds that do not rise")
            try require(sample.value >= buckets.last?.value ?? 0, "counts that fall")
        } else {
            try require(try bound(buckets.last) == .infinity, "no bucket for all")
            let isCount = sample.name.hasSuffix("_count")
            try require(!isCount || sample.value == buckets.last?.value, "a count of others")
        }
    }

    private func takeLabel(_ rest: inout Substring) throws(Fault) -> (name: String, value: String) {
        let name = String(rest.prefix { $0 != "=" })
        rest = rest.dropFirst(name.count)
        try require(Self.isName(name, alsoAllowed: ""), "a bad label")
        try require(Self.take("=", from: &rest) && Self.take("\"", from: &rest), "a label without a value")
        var value = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return (name, value)
            case "\\":
                switch rest.popFirst() {
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                case "n": value.append("\n")
                default: throw Fault(line: line, what: "an unknown escape")
                }
            default: value.append(character)
            }
        }
        throw Fault(line: line, what: "a label's value without an end")
    }

    private func value(_ text: Substring) throws(Fault) -> Double {
        switch text {
        case "NaN": return .nan
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        default:
            guard text.allSatisfy({ "0123456789+-.eE".contains($0) }), let value = Double(text) else {
                throw Fault(line: line, what: "a bad value")
            }
            return value
        }
    }

    private static func take(_ character: Character, from rest: inout Substring) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func isName(_ name: String, alsoAllowed: String) -> Bool {
        guard let first = name.first, !first.isNumber else { return false }
        return name.allSatisfy {
            ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_" || alsoAllowed.contains($0)
        }
    }
}
