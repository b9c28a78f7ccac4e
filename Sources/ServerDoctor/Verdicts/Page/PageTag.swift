/// What of a page is meant to start Pointerscope.
struct PageTag: Equatable {
    enum Form: Equatable {
        /// `<script src="...">`.
        case file
        /// `<script type="module" src="...">`.
        case moduleFile
        /// The file's text between the tags.
        case copy
        /// `import` or `pointerscope.start()` in a script of the page's own.
        case call
        /// A script that browsers do not run; its type.
        case dormant(String)
    }

    let form: Form
    let element: PageElement
    /// Where the file is, as it is written.
    var reference: String? { element.value("src") }

    /// Bytes of a script between its tags that are more than a call.
    private static let copyBytes = 700

    /// Every element of `elements` that is meant to, in their order.
    static func all(in elements: [PageElement]) -> [PageTag] {
        elements.compactMap { element in
            guard element.kind == .script else { return nil }
            return tag(element)
        }
    }

    private static func tag(_ element: PageElement) -> PageTag? {
        let type = (element.value("type") ?? "").lowercased()
        if isOurs(element) {
            if !runs(type) { return PageTag(form: .dormant(type), element: element) }
            if element.value("nomodule") != nil {
                return PageTag(form: .dormant("nomodule"), element: element)
            }
            return PageTag(form: type == "module" ? .moduleFile : .file, element: element)
        }
        guard element.value("src") == nil, runs(type),
            Array(element.content).holdsIgnoringCase("pointerscope")
        else { return nil }
        // JSON, templates and the like are not run, and what is short only calls.
        return PageTag(form: element.content.count > copyBytes ? .copy : .call, element: element)
    }

    /// Whether an element loads our file: by its name, or by an attribute that nobody else has.
    private static func isOurs(_ element: PageElement) -> Bool {
        guard let source = element.value("src") else { return false }
        let path = source.prefix { $0 != "?" && $0 != "#" }
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let isNamed = name.lowercased().hasPrefix("pointerscope")
        return isNamed || hasEndpoint(element)
    }

    private static func hasEndpoint(_ element: PageElement) -> Bool {
        guard let text = element.value("data-endpoint") ?? element.value("data-ingest") else { return false }
        return WebAddress(parsing: text)?.scheme.isWebSocket == true
    }

    /// Whether browsers run a script of this type (the HTML standard, section 4.12.1).
    private static func runs(_ type: String) -> Bool {
        let type = type.split(separator: ";").first.map { $0.filter { $0 != " " } } ?? ""
        return type.isEmpty || type == "module" || isScript(type)
    }

    /// Whether a media type is one of JavaScript (RFC 9239, and those that came before it).
    static func isScript(_ type: String) -> Bool {
        [
            "text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript",
            "application/ecmascript", "text/x-javascript",
        ].contains(type)
    }
}

extension [UInt8] {
    /// Whether the bytes of `word`, which is in lower case, stand among these, letters compared without case.
    func holdsIgnoringCase(_ word: String) -> Bool {
        let word = Array(word.utf8)
        guard count >= word.count else { return false }
        return (0...(count - word.count)).contains { start in
            word.indices.allSatisfy { index in
                let byte = self[start + index]
                return (byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte) == word[index]
            }
        }
    }
}
