import AccessControl
import PointerEvents

/// Values of the options of `admin` and `token` as people write them.
enum PeopleWords {
    /// A hundred years.
    private static let longestHours: Int64 = 24 * 36_500

    @Sendable static func nameComplaint(_ text: String) -> String? {
        AccountName(text.utf8) == nil
            ? "must have 1 to 64 letters, digits, dots, hyphens, underscores and tildes, and be neither . nor .."
            : nil
    }

    @Sendable static func scopeComplaint(_ text: String) -> String? {
        text == "all" || PageScope(parsing: text.utf8) != nil
            ? nil : "must be all, or up to 8 patterns with a space between, as 'page:/shop/* page:/cart'"
    }

    /// The pages of a scope; nil for all.
    static func scope(_ text: String) -> PageScope? { text == "all" ? nil : PageScope(parsing: text.utf8) }

    /// The role of that word, which was checked; without one the lower.
    static func role(_ word: String?) -> AccessControl.Role {
        word.flatMap { AccessControl.Role(word: $0.utf8) } ?? .viewer
    }

    @Sendable static func lifetimeComplaint(_ text: String) -> String? {
        text == "never" || seconds(text) != nil
            ? nil
            : "must be never, or a whole number with h, d or w behind it, up to 100 years: 12h, 90d, 52w"
    }

    /// Seconds of `12h`, `90d` or `52w`; nil of anything else.
    static func seconds(_ text: String) -> Int64? {
        let units: [(String, Int64)] = [("h", 1), ("d", 24), ("w", 7 * 24)]
        for (unit, hours) in units where text.hasSuffix(unit) {
            let digits = text.dropLast()
            guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), digits.utf8.count <= 6,
                let number = Int64(digits), (1...longestHours).contains(number * hours)
            else { return nil }
            return number * hours * 3_600
        }
        return nil
    }
}
