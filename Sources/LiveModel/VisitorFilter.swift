import PointerEvents

/// Terms that a visitor must meet, all of them, as an operator types them.
///
/// ```
/// word         id or page has it, in whatever case       worker:PID   it is connected there
/// id:word      the id has it                             rate>N       more samples a second than that
/// page:word    the page has it                           rate<N       fewer
/// page=text    the page is just that, nothing for none   kind:click   the newest sample is one
/// -term        the term does not hold
/// ```
/// Terms stand apart by blanks. What cannot be understood is passed over.
public struct VisitorFilter: Equatable, Sendable {
    /// What was typed, as far as it was taken in.
    public let text: String
    /// What is wrong with the first term that was passed over, in a few words; nil where none was.
    public let complaint: String?
    let terms: [FilterTerm]

    /// Whether everyone meets it.
    public var isEmpty: Bool { terms.isEmpty }

    /// The filter that everyone meets.
    public init() { self.init(parsing: "") }

    /// Reads what was typed; beyond 256 bytes nothing of it is taken in, and beyond 16 terms none.
    public init(parsing text: String) {
        var text = text
        text = text.withUTF8 { bytes in
            String(cutting: UnsafeRawBufferPointer(bytes), to: LiveModelLimits.filterBytes)
        }
        var terms: [FilterTerm] = []
        var complaint: String?
        for word in text.split(whereSeparator: \.isWhitespace) {
            guard terms.count < LiveModelLimits.filterTerms else {
                complaint = complaint ?? "too many terms"
                break
            }
            switch FilterTerm.parse(word) {
            case .success(let term): terms.append(term)
            case .failure(let fault): complaint = complaint ?? fault.words
            }
        }
        self.text = text
        self.terms = terms
        self.complaint = complaint
    }

    public static func == (one: VisitorFilter, other: VisitorFilter) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }
}

extension LiveModel {
    /// Whether the visitor in `slot` meets `filter`; whoever is not there meets none.
    public func matches(_ slot: Int, _ filter: VisitorFilter) -> Bool {
        guard visitors.isInUse(slot) else { return false }
        for index in filter.terms.indices
        where holds(filter.terms[index].test, for: slot) == filter.terms[index].isNegated {
            return false
        }
        return true
    }

    private func holds(_ test: FilterTerm.Test, for slot: Int) -> Bool {
        switch test {
        case .anywhere(let word):
            word.occurs(in: visitors.id(of: slot)) || pages.contains(word, number: visitors[slot].page)
        case .id(let word): word.occurs(in: visitors.id(of: slot))
        case .page(let word): pages.contains(word, number: visitors[slot].page)
        case .wholePage(let text):
            text.isEmpty
                ? visitors[slot].page < 0
                : text.withUnsafeBytes { pages.isPage(visitors[slot].page, $0) }
        case .worker(let pid): visitors[slot].worker == pid
        case .rateAbove(let least): rate(of: slot) > least
        case .rateBelow(let most): rate(of: slot) < most
        case .kind(let kind): visitors[slot].hasPosition && visitors[slot].kind == kind
        }
    }
}
