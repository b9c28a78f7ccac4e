import ByteCore
import PointerEvents

extension FuzzTarget {
    /// A scope, and behind a line feed a page: both held against a second rule.
    static let pageScope = FuzzTarget(name: "page-scope", longestInput: 1_024, seeds: scopeSeeds) { input in
        let end = input.firstIndex(of: 0x0A) ?? input.count
        let text = ExactCopy(UnsafeRawBufferPointer(rebasing: input[..<end]))
        let page = ExactCopy(UnsafeRawBufferPointer(rebasing: input[min(end + 1, input.count)...]))
        let scope = PageScope(parsing: text.readable)
        guard (scope != nil) == isScope(text.readable) else { return "whether it is a scope" }
        guard let scope else { return nil }
        guard scope.text.utf8.elementsEqual(text.readable) else { return "another text: \(scope.text)" }
        guard PageScope(parsing: scope.text.utf8) == scope else { return "another scope of its own text" }
        let isAdmitted = patterns(text.readable).contains { matches($0, Array(page.readable)) }
        return scope.admits(page: page.readable) == isAdmitted ? nil : "whether it admits the page"
    }

    private static func patterns(_ text: UnsafeRawBufferPointer) -> [[UInt8]] {
        text.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
    }

    private static func isScope(_ text: UnsafeRawBufferPointer) -> Bool {
        let words = patterns(text)
        return text.count <= Limits.scopeBytes && words.count <= Limits.patternsPerScope
            && UTF8Validator.isValid(text) && words.allSatisfy(isPattern)
    }

    private static func isPattern(_ word: [UInt8]) -> Bool {
        guard word.starts(with: "page:/".utf8) else { return false }
        let path = word[5...]
        let star = path.firstIndex(of: 0x2A) ?? word.count
        return star + 1 >= word.count && star - 5 <= Limits.pageBytes
            && !path.contains { $0 < 0x21 || [0x23, 0x3F, 0x7F].contains($0) }
    }

    private static func matches(_ word: [UInt8], _ page: [UInt8]) -> Bool {
        let path = Array(page.prefix { $0 != 0x23 && $0 != 0x3F })
        let pattern = Array(word.dropFirst(5))
        guard pattern.last == 0x2A else { return path == pattern }
        return path.count >= pattern.count - 1 && zip(path, pattern).prefix(pattern.count - 1).allSatisfy(==)
    }

    @Sendable private static func scopeSeeds() -> [[UInt8]] {
        let many = (0..<9).map { "page:/\($0)" }.joined(separator: " ")
        let long = "page:/" + String(repeating: "a", count: Limits.pageBytes)
        return Seed.texts([
            "", "page:/\n/", "page:/shop/*\n/shop/cart?x#y", "page:/a page:/b*\n/bc", "page:/é\n/é", many,
            String(many.dropLast(7)), long, long + "*", "page:/a*b", "page:/ ", "page:/**", "/shop",
        ])
    }
}
