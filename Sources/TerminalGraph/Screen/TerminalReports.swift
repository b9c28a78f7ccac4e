/// What a terminal is told beyond what ncurses tells it: what to report, and whose business order is.
struct TerminalReports {
    /// Sent before the first picture.
    let start: String
    /// Sent after the last one, in whatever state the terminal is.
    let end: String
    /// Whether it may have a clipboard, or pass over what is said of one.
    let hasClipboard: Bool

    /// `hasMouse` is whether a terminal of this kind may have one: an older one is not sent what it
    /// might show.
    init(traits: TerminalTraits, hasMouse: Bool) {
        var modes: [String] = []
        hasClipboard = hasMouse && traits.name?.hasPrefix("linux") == false
        // The console of Linux and its like have mice of another kind, or none.
        if hasMouse, traits.name?.hasPrefix("linux") == false {
            // Buttons and the wheel (1000), where the mouse goes while one is down (1002; who does not know
            // that stays with 1000), beyond column 223 as well (1006: xterm's ctlseqs, "Mouse tracking").
            // Not every motion (1003): over a slow line it costs more than it shows.
            if traits.usesMouse { modes += ["?1000", "?1002", "?1006"] }
            // Pastes between marks, so that a text with a q in it quits nothing (2004).
            modes.append("?2004")
        }
        // Every cell has its place already: a terminal that orders right-to-left text by itself would move
        // the figures next to it (ECMA-48, mode BDSM; those who do not know it pass it over).
        let ordersText = traits.glyphs.isUnicode && traits.name?.hasPrefix("xterm") == true
        start = (ordersText ? "\u{1B}[8l" : "") + modes.map { "\u{1B}[\($0)h" }.joined()
        end = modes.reversed().map { "\u{1B}[\($0)l" }.joined() + (ordersText ? "\u{1B}[8h" : "")
    }
}
