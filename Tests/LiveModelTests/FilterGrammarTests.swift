import Testing

@testable import LiveModel

@Suite struct FilterGrammarTests {
    @Test(arguments: [
        ("", 0, nil), ("  \t ", 0, nil), ("word", 1, nil), ("two words", 2, nil),
        ("id:a page:b worker:12 rate>1 rate<2.5 kind:click -word -id:x", 8, nil),
        ("ID:a Rate>1 KIND:Click", 3, nil),
        // What is no key is a word: ids and pages may well have such characters.
        ("a:b", 1, nil), ("x>1", 1, nil), ("http://host/", 1, nil), (":", 1, nil),
        ("rate>abc", 0, "rate> needs a number"), ("rate<", 0, "rate< needs a number"),
        ("rate>nan", 0, "rate> needs a number"), ("rate>1e999", 0, "rate> needs a number"),
        ("worker:me", 0, "worker: needs a process id"),
        ("worker:99999999999", 0, "worker: needs a process id"),
        ("id:", 0, "id: needs a word"), ("page:", 0, "page: needs a word"), ("-", 0, "- needs a term"),
        ("kind:wave", 0, "kind: is one of move, down, up, click, scroll, enter, leave"),
        // The others hold; the first complaint is told.
        ("good rate>x id: -worker:y fine", 2, "rate> needs a number"),
    ])
    func everyTermIsUnderstoodOrPassedOver(text: String, terms: Int, complaint: String?) {
        let filter = VisitorFilter(parsing: text)
        #expect(filter.terms.count == terms)
        #expect(filter.isEmpty == (terms == 0))
        #expect(filter.complaint == complaint)
        #expect(filter.text == text)
    }

    @Test func filtersOfTheSameTextAreTheSame() {
        #expect(VisitorFilter() == VisitorFilter(parsing: ""))
        #expect(VisitorFilter(parsing: "a") == VisitorFilter(parsing: "a"))
        #expect(VisitorFilter(parsing: "a") != VisitorFilter(parsing: "a "))
        #expect(VisitorQuery() == VisitorQuery(filter: VisitorFilter(parsing: ""), order: .rate))
    }

    @Test func aFilterIsBounded() {
        let many = VisitorFilter(parsing: (0..<60).map { "t\($0)" }.joined(separator: " "))
        #expect(many.terms.count == LiveModelLimits.filterTerms)
        #expect(many.complaint == "too many terms")
        let long = VisitorFilter(parsing: String(repeating: "ü", count: 5_000))
        #expect(long.text == String(repeating: "ü", count: 128))
        #expect(long.terms.count == 1)
    }

    @Test func anyTextCanBeParsed() {
        var generator = SeededGenerator(seed: 5)
        let pieces = [
            "id:", "page:", "rate>", "rate<", "worker:", "kind:", "-", " ", "9", "é", "\u{1B}", "\u{0}", "😀",
        ]
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...12, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let filter = VisitorFilter(parsing: text)
            #expect(filter.text == text)
            #expect(filter.terms.count <= count)
        }
    }
}
