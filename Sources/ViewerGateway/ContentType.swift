/// The media type of a file by its extension; what is not listed is not served as something it is not.
enum ContentType {
    static let text: StaticString = "text/plain; charset=utf-8"
    static let html: StaticString = "text/html; charset=utf-8"
    static let script: StaticString = "text/javascript; charset=utf-8"
    static let events: StaticString = "text/event-stream"
    static let json: StaticString = "application/json"
    static let metrics: StaticString = "text/plain; version=0.0.4; charset=utf-8"

    /// The type of the file at `path`.
    static func find(path: String) -> StaticString {
        guard let dot = path.lastIndex(of: ".") else { return "application/octet-stream" }
        return switch path[path.index(after: dot)...] {
        case "html": html
        case "js", "mjs": script
        case "css": "text/css; charset=utf-8"
        case "json", "map": json
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": text
        default: "application/octet-stream"
        }
    }
}
