import Glibc

/// How many colours may be used.
public enum ColorDepth: Sendable, Equatable {
    case none
    case sixteen
    case twoHundredFiftySix
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

    public init(name: String?, glyphs: Glyphs, deepestColor: ColorDepth = .twoHundredFiftySix) {
        self.name = name
        self.glyphs = glyphs
        self.deepestColor = deepestColor
    }

    /// Reads the environment and the locale, which the process has set with `setlocale(LC_ALL, "")`.
    ///
    /// `NO_COLOR` forbids colours where it is set to anything but nothing (no-color.org).
    public static func current() -> TerminalTraits {
        let name = environment("TERM")
        let codeset = nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? ""
        return TerminalTraits(
            name: name,
            glyphs: glyphs(codeset: codeset, name: name ?? ""),
            deepestColor: environment("NO_COLOR") == nil ? .twoHundredFiftySix : .none
        )
    }

    /// The signs for a character encoding as `nl_langinfo(CODESET)` spells it.
    static func glyphs(codeset: String, name: String) -> Glyphs {
        let isUTF8 = codeset == "UTF-8" || codeset == "utf8" || codeset == "UTF8" || codeset == "utf-8"
        // The font of the Linux console has 512 characters and no braille among them.
        return isUTF8 && name != "linux" ? .unicode : .ascii
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
