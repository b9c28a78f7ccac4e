/// What `check` was asked to look at.
public struct PageCheckSettings {
    let page: WebAddress
    /// A file of the authorities that are believed in the place of the system's.
    let authorities: String?
    let isJSON: Bool

    /// Looks at the page at `url`; nil where that is no address of a page.
    public init?(url: String, authorities: String?, isJSON: Bool) {
        guard let page = Self.page(url) else { return nil }
        self.page = page
        self.authorities = authorities
        self.isJSON = isJSON
    }

    private static func page(_ text: String) -> WebAddress? {
        guard let page = WebAddress(parsing: text), !page.scheme.isWebSocket else { return nil }
        return page
    }

    /// For the option table: what is wrong with `text`, or nil.
    @Sendable public static func complaint(_ text: String) -> String? {
        page(text) == nil
            ? "must be a page's whole URL, for example https://shop.example.org/cart" : nil
    }
}
