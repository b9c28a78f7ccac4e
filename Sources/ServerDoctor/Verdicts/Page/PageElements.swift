/// An element of a page that has a say in whether its tag works.
struct PageElement: Equatable {
    enum Kind: String { case script, meta, base }

    struct Attribute: Equatable {
        /// In lower case.
        let name: String
        let value: String
    }

    let kind: Kind
    let attributes: [Attribute]
    /// What stands between `<script>` and `</script>`.
    var content: ArraySlice<UInt8> = []

    /// The value of the first attribute called `name`, which is in lower case; empty where it has none.
    func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
}

/// Finds scripts, metas and bases in a page as browsers do (the HTML standard, section 13.2.5, as far as that
/// takes): nothing in comments, in the text of other elements, or in templates.
struct PageElements {
    /// Elements that are looked at: a page with more scripts is none that anybody waits for.
    static let most = 512
    /// Attributes of one that are kept.
    static let mostAttributes = 64

    private let html: [UInt8]
    private var offset = 0
    private var found: [PageElement] = []
    private var templates = 0

    /// The elements in their order.
    static func find(in html: [UInt8]) -> [PageElement] {
        var scanner = PageElements(html: html)
        scanner.scan()
        return scanner.found
    }

    private init(html: [UInt8]) { self.html = html }

    private mutating func scan() {
        while found.count < Self.most, let open = find(UInt8(ascii: "<"), from: offset) {
            offset = open + 1
            guard let byte = peek() else { return }
            if byte == UInt8(ascii: "!") {
                skipDeclaration()
            } else if byte == UInt8(ascii: "/"), let next = peek(1), Self.isLetter(next) {
                offset += 1
                guard let (name, _) = tag() else { return }
                if name == "template" { templates = max(0, templates - 1) }
            } else if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") {
                offset = (find(UInt8(ascii: ">"), from: offset) ?? html.count) + 1
            } else if Self.isLetter(byte) {
                guard let (name, attributes) = tag() else { return }
                take(name, attributes)
            }
        }
    }

    private mutating func take(_ name: String, _ attributes: [PageElement.Attribute]) {
        var content: ArraySlice<UInt8> = []
        switch name {
        case "script", "style", "title", "textarea", "iframe", "noscript", "noembed", "noframes", "xmp":
            let start = min(offset, html.count)
            offset = endOfText(name)
            content = html[start..<offset]
        case "plaintext": offset = html.count
        case "template": templates += 1
        default: break
        }
        guard templates == 0, let kind = PageElement.Kind(rawValue: name) else { return }
        found.append(PageElement(kind: kind, attributes: attributes, content: content))
    }

    /// Passes over `!--...-->`, or over any other declaration.
    private mutating func skipDeclaration() {
        guard html[offset...].starts(with: "!--".utf8) else {
            offset = (find(UInt8(ascii: ">"), from: offset) ?? html.count) + 1
            return
        }
        // `<!-->` and `<!--->` are whole.
        var end = offset + 3
        while let close = find(UInt8(ascii: ">"), from: end) {
            if Self.endsComment(html[(offset + 1)..<close]) {
                offset = close + 1
                return
            }
            end = close + 1
        }
        offset = html.count
    }

    /// Whether what stands between `<!` and a `>` is a whole comment.
    private static func endsComment(_ text: ArraySlice<UInt8>) -> Bool {
        if text.count < 4 { return text.allSatisfy { $0 == UInt8(ascii: "-") } && text.count >= 2 }
        return text.suffix(2).elementsEqual("--".utf8)
            || text.count > 4 && text.suffix(3).elementsEqual("--!".utf8)
    }

    /// Reads a tag from its name on; nil where the page ends within it.
    private mutating func tag() -> (String, [PageElement.Attribute])? {
        let start = offset
        while let byte = peek(), !Self.endsName(byte) { offset += 1 }
        let name = text(start..<offset).lowercased()
        var attributes: [PageElement.Attribute] = []
        while let byte = peek() {
            if byte == UInt8(ascii: ">") {
                offset += 1
                return (name, attributes)
            }
            if Self.isSpace(byte) || byte == UInt8(ascii: "/") {
                offset += 1
                continue
            }
            guard let attribute = attribute() else { return nil }
            // The first one of a name counts.
            if attributes.count < Self.mostAttributes,
                !attributes.contains(where: { $0.name == attribute.name })
            {
                attributes.append(attribute)
            }
        }
        return nil
    }

    private mutating func attribute() -> PageElement.Attribute? {
        let start = offset
        // An equals sign in front belongs to the name.
        offset += 1
        while let byte = peek(), !Self.endsName(byte), byte != UInt8(ascii: "=") { offset += 1 }
        let name = text(start..<offset).lowercased()
        skipSpace()
        guard peek() == UInt8(ascii: "=") else { return PageElement.Attribute(name: name, value: "") }
        offset += 1
        skipSpace()
        guard let byte = peek() else { return nil }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            guard let end = find(byte, from: offset + 1) else { return nil }
            defer { offset = end + 1 }
            return PageElement.Attribute(
                name: name, value: CharacterReferences.resolved(text((offset + 1)..<end)))
        }
        let valueStart = offset
        while let byte = peek(), !Self.isSpace(byte), byte != UInt8(ascii: ">") { offset += 1 }
        return PageElement.Attribute(
            name: name, value: CharacterReferences.resolved(text(valueStart..<offset)))
    }

    /// Where the text of an element ends: before `</name`.
    private func endOfText(_ name: String) -> Int {
        let name = Array(name.utf8)
        var from = offset
        while let open = find(UInt8(ascii: "<"), from: from) {
            let rest = html[(open + 1)...]
            let end = open + 2 + name.count
            if rest.first == UInt8(ascii: "/"), end < html.count, Self.endsName(html[end]),
                rest.dropFirst().prefix(name.count).elementsEqual(name, by: { Self.lowercased($0) == $1 })
            {
                return open
            }
            from = open + 1
        }
        return html.count
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: html[range], as: UTF8.self) }

    private mutating func skipSpace() {
        while let byte = peek(), Self.isSpace(byte) { offset += 1 }
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        offset + ahead < html.count ? html[offset + ahead] : nil
    }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        start < html.count ? html[start...].firstIndex(of: byte) : nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }

    private static func isLetter(_ byte: UInt8) -> Bool { lowercased(byte) &- UInt8(ascii: "a") < 26 }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}

/// `&amp;` and its like in the value of an attribute.
enum CharacterReferences {
    private static let named: [Substring: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "colon": ":", "sol": "/", "period": ".",
    ]

    /// `text` with the references that anybody writes into an address resolved.
    static func resolved(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var result = ""
        var rest = text[...]
        while let ampersand = rest.firstIndex(of: "&") {
            result += rest[..<ampersand]
            rest = rest[ampersand...].dropFirst()
            let name = rest.prefix(10).prefix { $0 != ";" }
            if rest.dropFirst(name.count).first == ";", let meant = meaning(of: name) {
                result += meant
                rest = rest.dropFirst(name.count + 1)
            } else {
                result += "&"
            }
        }
        return result + rest
    }

    private static func meaning(of name: Substring) -> String? {
        guard name.hasPrefix("#") else { return named[name] }
        let digits = name.dropFirst()
        let isHex = digits.hasPrefix("x") || digits.hasPrefix("X")
        let number = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap { Unicode.Scalar($0) }.map { String(Character($0)) }
    }
}
