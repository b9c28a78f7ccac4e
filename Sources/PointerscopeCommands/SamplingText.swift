import RateControl

/// Bounds of what visitors' pages are asked to sample, as an operator writes them.
///
/// ```
/// 5..60     while somebody watches, from 5 to 60 samples a second
/// 25        always 25, whoever watches and however much there is to do
/// 0         never any: pages, clicks and the ends of scrolls only
/// ```
enum SamplingText {
    static let standard = "\(SamplingBounds.standard.least)..\(SamplingBounds.standard.most)"

    /// What a text means; nil where it is none of these.
    static func bounds(_ text: String) -> SamplingBounds? {
        if let rate = number(text[...]) { return SamplingBounds(pinned: rate) }
        guard let dots = text.firstIndex(of: "."), text[dots...].hasPrefix("..") else { return nil }
        let behind = text.index(dots, offsetBy: 2)
        guard let least = number(text[..<dots]), let most = number(text[behind...]) else { return nil }
        return SamplingBounds(least: least, most: most)
    }

    /// Nothing but digits, and not many: `Int` would take a sign as well.
    private static func number(_ text: Substring) -> Int? {
        guard text.utf8.count <= 3, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    @Sendable static func complaint(_ text: String) -> String? {
        guard bounds(text) == nil else { return nil }
        let range = SamplingBounds.range
        return "must be MIN..MAX, numbers from \(range.words), for example \(standard); or one number, "
            + "which then always holds"
    }
}
