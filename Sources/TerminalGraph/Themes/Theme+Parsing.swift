extension Theme {
    /// Makes a theme from lines of `style = [#rrggbb] [on #rrggbb] [bold] [dim] [underline]`; blank lines and
    /// those that begin with `#` are passed over.
    public init(parsing text: String) throws(ThemeError) {
        self = .dark
        try adopt(text)
    }

    /// Takes in the lines of `text`.
    mutating func adopt(_ text: String) throws(ThemeError) {
        guard text.utf8.count <= Limits.themeBytes else {
            throw ThemeError(line: 1, reason: "a theme has at most \(Limits.themeBytes) bytes")
        }
        var hasStyles = false
        // Together CR and LF are one character, which `isNewline` knows as well.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            do throws(Complaint) {
                guard words.count > 1, words[1] == "=" else {
                    throw Complaint("write it as: style = #rrggbb [on #rrggbb] [bold] [dim] [underline]")
                }
                guard name != "base" || !hasStyles else { throw Complaint("base comes before every style") }
                try set(name, to: words.dropFirst(2))
                hasStyles = hasStyles || name != "base"
            } catch {
                throw ThemeError(line: index + 1, reason: error.text)
            }
        }
    }

    /// What is wrong with a line.
    private struct Complaint: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    private mutating func set(_ name: Substring, to words: ArraySlice<Substring>) throws(Complaint) {
        switch name {
        case "base":
            guard let base = words.first, words.count == 1, let theme = Self.named(String(base)) else {
                throw Complaint("base is one of \(Self.names.joined(separator: ", "))")
            }
            self = theme
        case "selection": selection = try Self.look(words)
        default:
            guard let style = Style.allCases.first(where: { $0.name == name }) else {
                throw Complaint("there is no style \(Self.quoted(name)); there are \(Self.styleNames)")
            }
            looks[Int(style.rawValue)] = try Self.look(words)
        }
    }

    private static func look(_ words: ArraySlice<Substring>) throws(Complaint) -> Look {
        var look = Look()
        var isBackground = false
        for word in words {
            switch word {
            case "on" where !isBackground && look.background == nil: isBackground = true
            case "bold" where !isBackground: look.isBold = true
            case "dim" where !isBackground: look.isDim = true
            case "underline" where !isBackground: look.isUnderlined = true
            case _ where isBackground:
                look.background = try color(word)
                isBackground = false
            case _ where look == Look():
                look.foreground = try color(word)
            default:
                throw Complaint(
                    "\(quoted(word)) is out of place; write #rrggbb [on #rrggbb] [bold] [dim] [underline]"
                )
            }
        }
        if isBackground { throw Complaint("on is followed by a colour, as #rrggbb") }
        return look
    }

    /// `#rrggbb`, or with the index of one of eight colours behind a stroke.
    private static func color(_ word: Substring) throws(Complaint) -> Look.Color {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        guard let exact = parts.first.flatMap({ RGB($0) }), parts.count <= 2 else {
            throw Complaint("\(quoted(word)) is no colour; write one as #rrggbb")
        }
        guard parts.count == 2 else { return Look.Color(exact: exact, ofEight: exact.nearestOfEight) }
        guard let index = Int16(parts[1]), (0..<8).contains(index) else {
            throw Complaint("\(quoted(word)) has no colour of 0 to 7 behind its stroke")
        }
        return Look.Color(exact: exact, ofEight: index)
    }

    /// A word of the text, such that it can be printed.
    private static func quoted(_ word: Substring) -> String {
        let signs = word.unicodeScalars.prefix(40).map {
            (0x21..<0x7F).contains($0.value) ? Character($0) : "?"
        }
        return "\"\(String(signs))\""
    }

    private static let styleNames: String = {
        let single = Style.allCases.filter { $0.rawValue < Style.heat0.rawValue }.map(\.name)
        let many = ["heat", "hue", "recentHue", "fadingHue"].map { "\($0)0 to \($0)7" }
        return (single + many + ["selection", "base"]).joined(separator: ", ")
    }()
}

extension Style {
    /// As a theme's text calls it.
    var name: String { String(describing: self) }
}
