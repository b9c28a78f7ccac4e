/// What the rows are that a filter is for.
public enum FilterSubject: String, Sendable {
    case visitors
    case pages
    case workers
}

extension FilterTerm {
    /// What the term asks about, as it is typed; nothing for a bare word.
    private var key: String {
        switch test {
        case .anywhere: ""
        case .id: "id:"
        case .page: "page:"
        case .wholePage: "page="
        case .worker: "worker:"
        case .rateAbove: "rate>"
        case .rateBelow: "rate<"
        case .kind: "kind:"
        }
    }

    /// What is wrong with the term where rows are `subject`; nil where it can be told of them.
    func complaint(about subject: FilterSubject) -> String? {
        let isTold =
            switch (test, subject) {
            case (_, .visitors), (.anywhere, _), (.rateAbove, _), (.rateBelow, _): true
            case (.page, .pages), (.wholePage, .pages), (.worker, .workers): true
            case (.id, _), (.kind, _), (.page, _), (.wholePage, _), (.worker, _): false
            }
        return isTold ? nil : "\(key) says nothing of \(subject.rawValue)"
    }
}
