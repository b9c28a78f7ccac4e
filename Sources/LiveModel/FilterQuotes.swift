/// Quotation marks in filters: what stands in them is one value, blanks and all.
///
/// ```
/// page="/a b"        id:"two words"        page="say \"hi\""
/// ```
/// They count at the start of the value of `id:`, `page:` and `page=` only; within them `\` takes the next
/// sign as it is.
public enum FilterQuotes {
    /// What a value that begins with a quotation mark is.
    enum Value: Equatable {
        case plain
        case quoted(String)
        /// There is no mark at its end.
        case open
    }

    private static let keys = ["id:", "page:", "page="]

    /// `text` as the value of a term that stands for just that.
    public static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        // What is not ASCII may be an accent, which would sit on the sign of equality.
        guard let first = scalars.first,
            first == "\"" || !first.isASCII || scalars.contains(where: \.properties.isWhitespace)
        else { return text }
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in scalars {
            if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }

    /// Cuts what was typed into terms, which stand apart by blanks.
    static func terms(of text: String) -> [Substring] {
        let scalars = text.unicodeScalars
        var terms: [Substring] = []
        var start: String.Index?
        var isQuoted = false
        var isEscaped = false
        for index in scalars.indices {
            let scalar = scalars[index]
            if isQuoted {
                if !isEscaped, scalar == "\"" { isQuoted = false }
                isEscaped = !isEscaped && scalar == "\\"
            } else if scalar.properties.isWhitespace {
                if let start { terms.append(text[start..<index]) }
                start = nil
            } else if let start {
                isQuoted = scalar == "\"" && takesQuotes(text[start..<index])
            } else {
                start = index
            }
        }
        if let start { terms.append(text[start...]) }
        return terms
    }

    /// What `value` is without its quotation marks, where it has some.
    static func value(_ value: Substring) -> Value {
        var rest = value.unicodeScalars
        guard rest.popFirst() == "\"" else { return .plain }
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return rest.isEmpty ? .quoted(String(text)) : .open }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = rest.popFirst() else { return .open }
            text.append(escaped)
        }
        return .open
    }

    /// Whether a term that begins so has a value that may be quoted.
    private static func takesQuotes(_ term: Substring) -> Bool {
        let key = (term.hasPrefix("-") ? term.dropFirst() : term).lowercased()
        return keys.contains(key)
    }
}
