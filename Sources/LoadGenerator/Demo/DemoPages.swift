import ByteCore

/// The paths of the site that the demo's visitors are on, as JSON strings.
struct DemoPages: ~Copyable {
    private static let paths: [StaticString] = [
        "/", "/pricing", "/features", "/docs", "/docs/getting-started", "/docs/operations", "/blog",
        "/blog/why-we-watch-pointers", "/about", "/signup",
    ]

    private var text = ByteBuffer(capacity: 256)
    private var ends: [Int] = []

    init() {
        for path in Self.paths {
            unsafe text.appendJSONString(
                UnsafeRawBufferPointer(start: path.utf8Start, count: path.utf8CodeUnitCount))
            ends.append(text.count)
        }
    }

    /// How many there are.
    static var count: Int { paths.count }

    /// Calls `body` with a page's path, quotes included.
    func withPage(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let start = index == 0 ? 0 : ends[index - 1]
        unsafe body(UnsafeRawBufferPointer(rebasing: text.readable[start..<ends[index]]))
    }
}
