import PointerEvents

/// Why no filter can be made of what somebody asks for.
public enum FilterRefusal: Error, Equatable, CaseIterable {
    /// A page of no bytes or too many, or one that is no UTF-8; an id likewise.
    case page, visitor
    /// More of them than a filter has.
    case pages, visitors
}

/// Whom a viewer wants to see: visitors on some pages, some visitors, or some visitors on some pages.
///
/// ```
///  pages       none: on whatever page, or on none that is known     else: on any of them
///  visitors    none: whoever it is                                  else: any of them
/// ```
/// Equal filters are equal in whatever order they were told.
public struct StreamFilter: Hashable, Sendable {
    /// One page, or all that begin alike where it was written with a `*` behind.
    struct Page: Hashable, Sendable {
        /// As it was written.
        let text: [UInt8]
        private let path: [UInt8]
        private let isPrefix: Bool
        /// Where it names a query or a fragment, those of samples count; else they do not.
        private let isWhole: Bool

        init(_ text: [UInt8]) {
            self.text = text
            isPrefix = text.last == UInt8(ascii: "*")
            path = isPrefix ? text.dropLast() : text
            isWhole = text.contains { Self.endsPath($0) }
        }

        func admits(_ page: UnsafeRawBufferPointer) -> Bool {
            let end = isWhole ? page.count : page.firstIndex { Self.endsPath($0) } ?? page.count
            let said = UnsafeRawBufferPointer(rebasing: page[..<end])
            return isPrefix ? said.starts(with: path) : said.elementsEqual(path)
        }

        private static func endsPath(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
        }
    }

    let pages: [Page]
    let visitors: [[UInt8]]

    /// Makes a filter of pages (1 to 256 bytes of UTF-8) and ids (1 to 64), `FilterLimits.pages` and
    /// `FilterLimits.visitors` at most; one named twice counts once.
    public init(pages: [[UInt8]], visitors: [[UInt8]]) throws(FilterRefusal) {
        guard pages.count <= FilterLimits.pages else { throw .pages }
        guard visitors.count <= FilterLimits.visitors else { throw .visitors }
        guard pages.allSatisfy({ Self.isText($0, upTo: PointerEvents.Limits.pageBytes) }) else { throw .page }
        guard visitors.allSatisfy({ Self.isText($0, upTo: PointerEvents.Limits.idBytes) }) else {
            throw .visitor
        }
        self.pages = Self.ordered(pages).map { Page($0) }
        self.visitors = Self.ordered(visitors)
    }

    /// Whether everybody is wanted: no filter at all.
    public var isEmpty: Bool { pages.isEmpty && visitors.isEmpty }

    /// Whether somebody on that page is wanted, a page as samples name it.
    func admits(page: UnsafeRawBufferPointer) -> Bool {
        pages.isEmpty || pages.contains { $0.admits(page) }
    }

    private static func isText(_ bytes: [UInt8], upTo limit: Int) -> Bool {
        (1...limit).contains(bytes.count) && String(validating: bytes, as: UTF8.self) != nil
    }

    private static func ordered(_ texts: [[UInt8]]) -> [[UInt8]] {
        Set(texts).sorted { $0.lexicographicallyPrecedes($1) }
    }
}

/// Bounds of one filter.
public enum FilterLimits {
    /// As many as fit a screen side by side, and what is compared with each newly named page.
    public static let pages = 16
    /// As many as somebody can follow at a time.
    public static let visitors = 16
}

/// What a viewer is held to, and what of that it wants to see.
struct HubView: Hashable {
    var scope: PageScope?
    var filter: StreamFilter?

    /// Whether it depends on the page that somebody is on: then nobody without a known one is in it.
    var looksAtPages: Bool { scope != nil || filter?.pages.isEmpty == false }

    /// The ids that it is of; none where it is of whoever it may be.
    var visitors: [[UInt8]] { filter?.visitors ?? [] }

    func admits(page: UnsafeRawBufferPointer) -> Bool {
        scope?.admits(page: page) != false && filter?.admits(page: page) != false
    }
}
