import TestSupport
import Testing

@testable import PointerEvents

/// Scopes as they are written, byte for byte, and the pages that they admit.
@Suite struct PageScopeTests {
    private func parsed(_ bytes: [UInt8]) -> PageScope? { PageScope(parsing: bytes) }

    private func admits(_ scope: PageScope, _ page: String) -> Bool {
        Array(page.utf8).withUnsafeBytes { scope.admits(page: $0) }
    }

    @Test func bytesOfAScope() throws {
        let bytes: [UInt8] = [
            0x70, 0x61, 0x67, 0x65, 0x3A,  // page:
            0x2F, 0x73, 0x68, 0x6F, 0x70, 0x2F, 0x2A,  // /shop/* all that begins with /shop/
            0x20,  // one space between two patterns
            0x70, 0x61, 0x67, 0x65, 0x3A,  // page:
            0x2F, 0xC3, 0xA9,  // /é that page alone
        ]
        let scope = try #require(parsed(bytes))
        #expect(scope.text == "page:/shop/* page:/é")
        for page in ["/shop/", "/shop/cart", "/shop/*", "/shop/a b", "/é", "/é?x=1", "/é#top", "/shop/?q"] {
            #expect(admits(scope, page), "\(page)")
        }
        for page in [
            "", "/", "/shop", "/shop?/shop/", "/Shop/", "/shops/", "/e", "/é/", "/é2", "?", "#/é", "shop/",
        ] {
            #expect(!admits(scope, page), "\(page)")
        }
        // Every beginning of it is none, but for the one pattern alone and those of the second path.
        for count in 0..<bytes.count {
            let part = parsed(Array(bytes[..<count]))
            #expect(
                (part != nil) == ([6, 7, 8, 9, 10, 11, 12].contains(count) || count >= 19 && count != 20))
        }
    }

    @Test(arguments: [
        "", " ", "page:", "page:*", "page:shop", "/shop", "Page:/", "page :/", "page:/ ", " page:/",
        "page:/a  page:/b", "page:/*a", "page:/**", "page:/a*b*", "page:/a?b", "page:/a#b", "page:/a\tb",
        "page:/a\u{7F}", "page:/a\n", "page:/a page:", "page:/a visitor:/b",
    ])
    func whatIsNoScope(text: String) {
        #expect(parsed(Array(text.utf8)) == nil)
    }

    @Test func whatIsNoText() {
        let path = Array("page:/".utf8)
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0x00], [0x1F]] {
            #expect(parsed(path + bytes) == nil)
        }
    }

    @Test func lengths() {
        let longest = "page:/" + String(repeating: "a", count: Limits.pageBytes - 1)
        #expect(parsed(Array(longest.utf8)) != nil)
        #expect(parsed(Array((longest + "*").utf8)) != nil)
        #expect(parsed(Array((longest + "a").utf8)) == nil)
        let patterns = { (count: Int) in (0..<count).map { "page:/\($0)" }.joined(separator: " ") }
        #expect(parsed(Array(patterns(Limits.patternsPerScope).utf8)) != nil)
        #expect(parsed(Array(patterns(Limits.patternsPerScope + 1).utf8)) == nil)
        let wide = { (bytes: Int) in
            longest + " page:/" + String(repeating: "b", count: bytes - longest.utf8.count - 7)
        }
        #expect(parsed(Array(wide(Limits.scopeBytes).utf8)) != nil)
        #expect(parsed(Array(wide(Limits.scopeBytes + 1).utf8)) == nil)
    }

    @Test func equalWhereTheyAreWrittenAlike() {
        #expect(parsed(Array("page:/a".utf8)) == parsed(Array("page:/a".utf8)))
        #expect(parsed(Array("page:/a".utf8)) != parsed(Array("page:/a*".utf8)))
    }

    /// Every byte at every place of every scope: what is taken keeps its text, and agrees with a rule that is
    /// written in another way.
    @Test func everyByteEverywhere() {
        let texts = ["page:/", "page:/*", "page:/a/b* page:/c", "page:/\u{E9} page:/x*"]
        for text in texts {
            for place in text.utf8.indices.map({ text.utf8.distance(from: text.utf8.startIndex, to: $0) }) {
                for byte: UInt8 in 0...255 {
                    var bytes = Array(text.utf8)
                    bytes[place] = byte
                    check(bytes)
                }
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func randomScopes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = ["page:", "/", "*", " ", "a", "/a", "page:/a", "?", "#", "é", "\u{7F}", "page:/*"]
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<(1 + random.below(6)) { bytes += Array(random.pick(pieces).utf8) }
            if random.once(in: 4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            check(bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        let scope = PageScope(parsing: bytes)
        let text = String(validating: bytes, as: UTF8.self)
        let words = bytes.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
        let isScope = text != nil && words.allSatisfy(isPattern)
        #expect((scope != nil) == isScope, "\(bytes)")
        guard let scope else { return }
        #expect(scope.text == text)
        for page in ["/", "/a", "/a/b", "/a/bc?d", "/c", "/x", "/é", "/é#f"] {
            let path = Array(page.utf8.prefix { $0 != 0x3F && $0 != 0x23 })
            let isAdmitted = words.contains { word in
                let pattern = Array(word.dropFirst(5))
                return pattern.last == 0x2A
                    ? Array(path.prefix(pattern.count - 1)) == Array(pattern.dropLast()) : path == pattern
            }
            #expect(admits(scope, page) == isAdmitted, "\(scope.text) \(page)")
        }
    }

    private func isPattern(_ word: [UInt8]) -> Bool {
        guard word.count >= 6, Array(word[..<6]) == Array("page:/".utf8) else { return false }
        let star = word.firstIndex(of: 0x2A) ?? word.count - 1
        return star == word.count - 1 && !word.contains { $0 < 0x21 || [0x23, 0x3F, 0x7F].contains($0) }
    }
}
