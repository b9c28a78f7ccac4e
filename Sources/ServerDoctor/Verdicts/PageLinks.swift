/// What a page of the server's loads: the files that its elements name.
enum PageLinks {
    /// Those of one page that are looked at; ours have five.
    static let most = 8

    /// The paths of scripts, styles and images in `html`, as a browser at `page` (a path) asks for them: of
    /// this server, each once, in their order.
    static func paths(in html: [UInt8], page: String) -> [String] {
        var paths: [String] = []
        let tags = String(decoding: html, as: UTF8.self).split(
            separator: "<", omittingEmptySubsequences: false)
        for tag in tags.dropFirst() {
            let element = tag.prefix { $0 != ">" }
            let name = element.prefix { $0.isLetter }.lowercased()
            guard let attribute = ["script": "src", "img": "src", "link": "href"][name],
                let value = value(of: attribute, in: element), let path = resolved(value, at: page),
                !paths.contains(path)
            else { continue }
            paths.append(path)
            if paths.count == most { break }
        }
        return paths
    }

    /// The value of ` name="value"`.
    static func value(of name: String, in element: Substring) -> String? {
        let parts = element.split(separator: "\"", omittingEmptySubsequences: false)
        for index in stride(from: 0, to: parts.count - 1, by: 2) where parts[index].hasSuffix(" \(name)=") {
            return String(parts[index + 1])
        }
        return nil
    }

    /// A reference within the server as a path (RFC 3986, section 5.2), without query and fragment; nil for
    /// what leads elsewhere.
    private static func resolved(_ reference: String, at page: String) -> String? {
        let path = reference.prefix { $0 != "?" && $0 != "#" }
        guard !path.isEmpty, !path.hasPrefix("//"), !path.contains(":"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        var parts: [Substring] = path.hasPrefix("/") ? [] : page.split(separator: "/").dropLast()
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
