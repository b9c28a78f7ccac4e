import Glibc

/// How many colours may be used.
public enum ColorDepth: Sendable, Equatable {
    case none
    case sixteen
    case twoHundredFiftySix
    case trueColor
}

/// What is known of the terminal before a byte is written to it.
public struct TerminalTraits: Sendable, Equatable {
    /// The terminfo name, from `TERM`; nil where it is not set.
    public var name: String?
    /// Which signs may be drawn.
    public var glyphs: Glyphs
    /// The most colours to use; the terminal may have fewer.
    public var deepestColor: ColorDepth
    /// Whether clicks are wanted; without them the terminal selects text with the mouse.
    public var usesMouse = true

    /// How everything looks.
    public var theme: Theme

    public init(
        name: String?, glyphs: Glyphs, deepestColor: ColorDepth = .twoHundredFiftySix, theme: Theme = .dark
    ) {
        self.name = name
        self.glyphs = glyphs
        self.deepestColor = deepestColor
        self.theme = theme
    }

    /// Sets the process's locale to that of the environment, but its characters to UTF-8 where `glyphs` need
    /// them and it has others: in another one they would have no width, and be blanks.
    ///
    /// The same where the environment asks for UTF-8 by a name that this machine does not know, as a Mac's
    /// `ssh` sends `LC_CTYPE=UTF-8`. Returns what is to be said of a locale that could not be had.
    public static func adoptLocale(for glyphs: Glyphs?) -> String? {
        let isKnown = unsafe setlocale(LC_ALL, "") != nil || setlocale(LC_CTYPE, "") != nil
        guard glyphs != .ascii, !isUTF8(codeset) else { return nil }
        let name = localeName(
            all: environment("LC_ALL"), characters: environment("LC_CTYPE"), environment("LANG"))
        if glyphs != nil || asksForUTF8(locale: name), unsafe setlocale(LC_CTYPE, "C.UTF-8") != nil {
            return nil
        }
        guard !isKnown else { return nil }
        return "the locale \(name) is not on this machine, so signs are ASCII: LC_ALL=C.UTF-8 has more"
    }

    /// The name of the locale of characters, as setlocale(3) looks for it.
    static func localeName(all: String?, characters: String?, _ language: String?) -> String {
        all ?? characters ?? language ?? "C"
    }

    /// Whether a locale of this name would have UTF-8: `de_DE.UTF-8`, `de_DE.utf8@euro`, `UTF-8`.
    static func asksForUTF8(locale name: String) -> Bool {
        let codeset = name.prefix { $0 != "@" }.split(separator: ".").last ?? ""
        return codeset.lowercased() == "utf-8" || codeset.lowercased() == "utf8"
    }

    private static var codeset: String {
        unsafe nl_langinfo(nl_item(CODESET)).map { unsafe String(cString: $0) } ?? ""
    }

    /// Reads the environment and the locale, which the process has set with `adoptLocale`; what is given
    /// counts before them.
    ///
    /// `NO_COLOR` forbids colours where it is set to anything but nothing (no-color.org); `COLORTERM` is
    /// where terminals say that they have true colours, because terminfo has no name for it.
    public static func current(
        glyphs: Glyphs? = nil, colors: ColorDepth? = nil, theme: Theme = .dark
    ) -> TerminalTraits {
        let name = environment("TERM")
        return TerminalTraits(
            name: name,
            glyphs: glyphs ?? Self.glyphs(codeset: codeset, name: name ?? ""),
            deepestColor: colors
                ?? Self.colors(
                    name: name ?? "", noColor: environment("NO_COLOR"), colorTerm: environment("COLORTERM")),
            theme: theme
        )
    }

    /// The colours for a terminal, by what its environment says.
    static func colors(name: String, noColor: String?, colorTerm: String?) -> ColorDepth {
        guard noColor == nil else { return .none }
        let hasTrueColor = colorTerm == "truecolor" || colorTerm == "24bit" || name.hasSuffix(directSuffix)
        return hasTrueColor ? .trueColor : .twoHundredFiftySix
    }

    /// What terminfo may know the terminal by, best first; none where it has no name.
    ///
    /// An entry for direct colour takes colours where others take indices, which is no use to a program that
    /// also works without; such a terminal understands indices as well.
    var terminfoNames: [String] {
        guard let name else { return [] }
        guard name.hasSuffix(Self.directSuffix) else { return [name] }
        let base = name.dropLast(Self.directSuffix.utf8.count)
        return ["\(base)-256color", name]
    }

    private static let directSuffix = "-direct"

    /// What a terminal that terminfo does not know is close enough to, best first: terminals of today speak
    /// xterm's language, and their own entries often stay at home when somebody goes elsewhere by SSH.
    var terminfoSubstitutes: [String] {
        guard let name, let family = Self.families.first(where: { Self.belongs(name, to: $0.name) }) else {
            return []
        }
        return family.like
    }

    private static let families: [(name: String, like: [String])] =
        ["tmux", "screen"].map { ($0, ["screen-256color", "screen"]) }
        + [
            "xterm", "alacritty", "contour", "foot", "ghostty", "gnome", "iterm", "iterm2", "kitty",
            "konsole",
            "mintty", "mlterm", "ms-terminal", "putty", "rio", "rxvt", "st", "terminator", "vte", "warp",
            "wezterm",
        ].map { ($0, ["xterm-256color", "xterm"]) }

    /// `foot`, and `foot-extra` and `foot+base` too, but no `footloose`.
    private static func belongs(_ name: String, to family: String) -> Bool {
        let name = name.lowercased()
        guard name.hasPrefix(family) else { return false }
        return name.utf8.dropFirst(family.utf8.count).first.map { [0x2B, 0x2D, 0x2E].contains($0) } ?? true
    }

    /// The signs for a character encoding as `nl_langinfo(CODESET)` spells it.
    static func glyphs(codeset: String, name: String) -> Glyphs {
        // The font of the Linux console has 512 characters and no braille among them.
        isUTF8(codeset) && name != "linux" ? .unicode : .ascii
    }

    private static func isUTF8(_ codeset: String) -> Bool {
        codeset == "UTF-8" || codeset == "utf8" || codeset == "UTF8" || codeset == "utf-8"
    }

    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
