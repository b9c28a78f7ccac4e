/// What one check came to.
struct Verdict: Equatable {
    enum Level: String {
        case ok, warn, fail
        /// It could not be looked at; that is no fault.
        case skip
    }

    /// A word that stays the same from version to version.
    let check: String
    let level: Level
    /// What was seen, in one line.
    let text: String
    /// What to do about it; nil where there is nothing to do.
    var mend: String?

    static func ok(_ check: String, _ text: String) -> Verdict {
        Verdict(check: check, level: .ok, text: text)
    }
    static func warn(_ check: String, _ text: String, mend: String) -> Verdict {
        Verdict(check: check, level: .warn, text: text, mend: mend)
    }
    static func fail(_ check: String, _ text: String, mend: String) -> Verdict {
        Verdict(check: check, level: .fail, text: text, mend: mend)
    }
    static func skip(_ check: String, _ text: String) -> Verdict {
        Verdict(check: check, level: .skip, text: text)
    }

    /// `fail  stream       no byte within 5 s; mend: ...`.
    var line: String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        let head = padded(level.rawValue, 6) + padded(check, 14)
        return head + text + (mend.map { "; mend: \($0)" } ?? "")
    }
}

/// Makes verdicts of what was found: each function takes findings and returns lines, and asks nobody.
enum Judge {}

/// The server that is looked at, as far as verdicts depend on it.
struct Site: Equatable {
    /// As it was asked for, without a slash at its end.
    var url: String
    /// As browsers send it (RFC 6454).
    var origin: String
    var host: String
    /// What stands in front of every path; empty for none.
    var basePath = ""
    var isSecure = false
    /// Whether the host is this machine by a name or address that can be no other.
    var isLoopback = false
    var hasToken = false

    /// Whether there must be a proxy in between: the server itself speaks no TLS and has no path in front.
    var hasProxy: Bool { isSecure || !basePath.isEmpty }

    /// The words for a check that a sign-in stands in front of.
    static let needsToken = "skipped: needs --token-file"
}
