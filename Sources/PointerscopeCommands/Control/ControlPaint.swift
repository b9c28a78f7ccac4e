import Glibc

/// Colours of words on a terminal; elsewhere, and where somebody wants none, nothing.
struct ControlPaint {
    private let isOn: Bool

    /// Looks at standard output and what the environment says of it (no-color.org, TERM).
    init(_ environment: [String: String]) {
        isOn =
            isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM", default: "dumb"] != "dumb"
    }

    /// One that paints, or does not.
    init(isOn: Bool) { self.isOn = isOn }

    /// A worker's or server's state: green where all is well, red where nobody is served, else yellow.
    func state(_ word: String) -> String {
        switch word.trimmedEnd {
        case "running", "ready": painted(word, 32)
        case "killed", "stopped", "errored": painted(word, 31)
        case let word where word.hasPrefix("no worker is running"): painted(word, 31)
        default: painted(word, 33)
        }
    }

    /// The head of a column.
    func head(_ word: String) -> String { painted(word, 1) }

    /// What is of less weight.
    func faint(_ word: String) -> String { painted(word, 2) }

    private func painted(_ word: String, _ code: Int) -> String {
        isOn ? "\u{1B}[\(code)m\(word)\u{1B}[0m" : word
    }
}

extension String {
    /// Without the spaces at its end.
    var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
