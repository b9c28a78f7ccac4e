/// The pages that somebody may watch, as text `page:/shop/*`: up to eight patterns with a space between, each
/// a path or the beginning of one with a `*` behind it.
///
/// ```
/// scope   = pattern *7( SP pattern )
/// pattern = "page:" "/" *pathchar [ "*" ]
/// ```
public struct PageScope: Hashable, Sendable {
    /// One path, or all that begin alike.
    private struct Pattern: Hashable, Sendable {
        let path: [UInt8]
        let isPrefix: Bool
    }

    /// As it was written.
    public let text: String
    private let patterns: [Pattern]

    /// Reads the text; nil of anything else: another word in front, a path that does not begin with `/`, a
    /// `*` that is not the last byte, a control character, a query or fragment, more than eight patterns or
    /// 512 bytes.
    public init?(parsing bytes: some Collection<UInt8>) {
        guard (1...Limits.scopeBytes).contains(bytes.count) else { return nil }
        let words = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count <= Limits.patternsPerScope else { return nil }
        var patterns: [Pattern] = []
        for word in words {
            guard word.starts(with: "page:/".utf8) else { return nil }
            var path = Array(word.dropFirst("page:".utf8.count))
            let isPrefix = path.last == UInt8(ascii: "*")
            if isPrefix { path.removeLast() }
            let isPath = path.allSatisfy { byte in
                byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "*") && byte != UInt8(ascii: "?")
                    && byte != UInt8(ascii: "#")
            }
            guard isPath, path.count <= Limits.pageBytes else { return nil }
            patterns.append(Pattern(path: path, isPrefix: isPrefix))
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.text = text
        self.patterns = patterns
    }

    /// Whether a page, a path as samples name it, may be watched; query and fragment do not count.
    public func admits(page: UnsafeRawBufferPointer) -> Bool {
        let end =
            unsafe page.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? page.count
        let path = unsafe UnsafeRawBufferPointer(rebasing: page[..<end])
        return patterns.contains { pattern in
            unsafe pattern.isPrefix ? path.starts(with: pattern.path) : path.elementsEqual(pattern.path)
        }
    }
}
