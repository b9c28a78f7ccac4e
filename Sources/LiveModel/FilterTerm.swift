import PointerEvents

/// One term of a filter.
struct FilterTerm: Sendable {
    enum Test: Sendable {
        case anywhere(FoldedWord)
        case id(FoldedWord)
        case page(FoldedWord)
        /// The whole page, to the letter; nothing stands for no page.
        case wholePage([UInt8])
        case worker(Int32)
        case rateAbove(Double)
        case rateBelow(Double)
        case kind(PointerKind)
    }

    /// Why a term cannot be understood.
    struct Fault: Error {
        let words: String
    }

    var isNegated: Bool
    var test: Test

    /// Reads one term, which has blanks in quotation marks only.
    static func parse(_ text: Substring) -> Result<FilterTerm, Fault> {
        let isNegated = text.hasPrefix("-")
        let term = isNegated ? text.dropFirst() : text
        guard !term.isEmpty else { return .failure(Fault(words: "- needs a term")) }
        return parseTest(term).map { FilterTerm(isNegated: isNegated, test: $0) }
    }

    /// Reads a value that may be quoted.
    private static func parseText(_ value: Substring, key: String) -> Result<Test, Fault> {
        let text: Substring
        switch FilterQuotes.value(value) {
        case .plain: text = value
        case .quoted(let inner): text = inner[...]
        case .open: return .failure(Fault(words: "\(key)\" needs a \" at the end"))
        }
        if key == "page=" { return .success(.wholePage(Array(text.utf8))) }
        guard !text.isEmpty else { return .failure(Fault(words: "\(key) needs a word")) }
        return .success(key == "id:" ? .id(FoldedWord(text)) : .page(FoldedWord(text)))
    }

    private static func parseTest(_ term: Substring) -> Result<Test, Fault> {
        guard let mark = term.firstIndex(where: { ":=<>".contains($0) }) else {
            return .success(.anywhere(FoldedWord(term)))
        }
        let value = term[term.index(after: mark)...]
        let key = term[...mark].lowercased()
        switch key {
        case "id:", "page:", "page=": return parseText(value, key: key)
        case "worker:":
            guard let pid = Int32(value) else { return .failure(Fault(words: "worker: needs a process id")) }
            return .success(.worker(pid))
        case "rate>", "rate<":
            guard let rate = Double(value), rate.isFinite else {
                return .failure(Fault(words: "\(key) needs a number"))
            }
            return .success(key == "rate>" ? .rateAbove(rate) : .rateBelow(rate))
        case "kind:":
            let word = value.lowercased()
            guard let kind = PointerKind.allCases.first(where: { "\($0.word)" == word }) else {
                let words = PointerKind.allCases.map { "\($0.word)" }.joined(separator: ", ")
                return .failure(Fault(words: "kind: is one of \(words)"))
            }
            return .success(.kind(kind))
        default:
            // Ids and pages may well have a colon.
            return .success(.anywhere(FoldedWord(term)))
        }
    }
}
