import PointerEvents

/// Terms that a visitor must meet, all of them, as an operator types them; or a row of another list.
///
/// ```
/// word         id, name or page has it, in any case      worker:PID   it is connected there
/// id:word      the id has it                             rate>N       more samples a second than that
/// page:word    the page has it                           rate<N       fewer
/// page=text    the page is just that, nothing for none   kind:click   the newest sample is one
/// -term        the term does not hold                    page="a b"  a value with blanks
/// ```
/// Terms stand apart by blanks. What cannot be understood is passed over.
///
/// Of a page a bare word means its text and `rate` its own; of a worker a bare word means its state or its
/// process id. Terms that say nothing of such rows are passed over too.
public struct VisitorFilter: Equatable, Sendable {
    /// What was typed, as far as it was taken in.
    public let text: String
    /// What is wrong with the first term that was passed over, in a few words; nil where none was.
    public let complaint: String?
    /// What it is a filter of.
    public let subject: FilterSubject
    let terms: [FilterTerm]

    /// Whether everyone meets it.
    public var isEmpty: Bool { terms.isEmpty }

    /// The filter that everyone meets.
    public init() { self.init(parsing: "") }

    /// Reads what was typed; beyond 520 bytes nothing of it is taken in, and beyond 16 terms none.
    public init(parsing text: String, of subject: FilterSubject = .visitors) {
        var text = text
        text = text.withUTF8 { bytes in
            unsafe String(cutting: UnsafeRawBufferPointer(bytes), to: LiveModelLimits.filterBytes)
        }
        var terms: [FilterTerm] = []
        var complaint: String?
        for word in FilterQuotes.terms(of: text) {
            guard terms.count < LiveModelLimits.filterTerms else {
                complaint = complaint ?? "too many terms"
                break
            }
            switch FilterTerm.parse(word) {
            case .success(let term):
                let fault = term.complaint(about: subject)
                complaint = complaint ?? fault
                if fault == nil { terms.append(term) }
            case .failure(let fault): complaint = complaint ?? fault.words
            }
        }
        self.text = text
        self.subject = subject
        self.terms = terms
        self.complaint = complaint
    }

    public static func == (one: VisitorFilter, other: VisitorFilter) -> Bool {
        one.subject == other.subject && one.text.utf8.elementsEqual(other.text.utf8)
    }

    /// Whether every term does as it should, which is that `holds` says so unless the term is negated.
    func holds(_ holds: (FilterTerm.Test) -> Bool) -> Bool {
        terms.allSatisfy { holds($0.test) != $0.isNegated }
    }
}
