import TestSupport
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
        ("kind:wave", 0, "kind: is one of move, down, up, click, scroll, enter, leave, cancel"),
        // In quotation marks a value may have blanks.
        (#"page="/a b""#, 1, nil), (#"-page:"a b"  id:"c  d" x"#, 3, nil), (#"page="""#, 1, nil),
        (#"page="say \"hi\" twice" x"#, 2, nil), (#"word"with mark" y"#, 3, nil), (#"/q="a b"#, 2, nil),
        (#"page="/a b"#, 0, #"page=" needs a " at the end"#), (#"id:"a"b"#, 0, #"id:" needs a " at the end"#),
        (#"page:"a\"#, 0, #"page:" needs a " at the end"#), (#"page:"""#, 0, "page: needs a word"),
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
        #expect(long.text == String(repeating: "ü", count: 260))
        #expect(long.terms.count == 1)
    }

    @Test(arguments: [
        "/", "", "/a b", "/a  b ", " ", "\"", "\"/a\"", "/a\"b", "/a\\b", "/ \\", "\\ \"", "\t\r\n",
        "/a\u{2028}b",
        "\u{301}/x", "/\u{301} x", "山 田", "page=\"x\" y", String(repeating: "/", count: 256),
        String(repeating: "\"", count: 256),
    ])
    func aQuotedPageIsJustThatPage(page: String) {
        let filter = VisitorFilter(parsing: "page=\(FilterQuotes.quoted(page))")
        #expect(filter.complaint == nil && filter.terms.count == 1)
        guard case .wholePage(let bytes) = filter.terms.first?.test else { return #expect(Bool(false)) }
        #expect(bytes == Array(page.utf8))
    }

    @Test func anyTextCanBeParsed() {
        var generator = SplitMix64(seed: 5)
        let pieces = [
            "id:", "page:", "rate>", "rate<", "worker:", "kind:", "-", " ", "9", "é", "\u{1B}", "\u{0}", "😀",
            "page=", "\"", "\\", "\u{301}",
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
