import CNCurses

/// The colours and attributes of a cell as ncurses has them.
struct CursesInk {
    /// A blank that has them: all but its text is that of every other cell.
    private let blank: cchar_t

    private init(pair: Int16, attributes: attr_t) {
        var blank = cchar_t()
        let text: [wchar_t] = [0x20, 0]
        _ = unsafe setcchar(&blank, text, attributes, pair, nil)
        self.blank = blank
    }

    /// What ncurses is given for `cell`.
    func character(of cell: Cell) -> cchar_t {
        var character = blank
        character.chars = (
            wchar_t(bitPattern: cell.scalar), wchar_t(bitPattern: cell.firstMark),
            wchar_t(bitPattern: cell.secondMark), 0, 0
        )
        return character
    }

    /// The colours of the terminal that was opened last, which starts them.
    static func depth(atMost deepest: ColorDepth) -> ColorDepth {
        guard deepest != .none, has_colors(), start_color() == OK else { return .none }
        use_default_colors()
        guard deepest != .sixteen, ps_color_count() >= 256 else { return .sixteen }
        func isSet(_ capability: String, _ sequence: String) -> Bool {
            unsafe ps_color_sequence_has(capability, 17, sequence) != 0
        }
        // There are terminals whose colours are no indices, and others that spell them in another way.
        guard isSet("setaf", "38;5;17") && isSet("setab", "48;5;17") else {
            return isSet("setaf", "38:5:17") ? .twoHundredFiftySix : .sixteen
        }
        return deepest
    }

    /// The inks of every style, and after that those of the row that is chosen.
    static func make(of palette: Palette, hasColors: Bool) -> [CursesInk] {
        var pairs: [Palette.Ink] = []
        return (palette.inks + palette.highlighted).map { ink in
            CursesInk(pair: hasColors ? pair(of: ink, among: &pairs) : 0, attributes: attributes(of: ink))
        }
    }

    /// Styles of the same colours share a pair, of which some terminals have few; without one a style has
    /// the terminal's own colours.
    private static func pair(of ink: Palette.Ink, among pairs: inout [Palette.Ink]) -> Int16 {
        let colors = Palette.Ink(foreground: ink.foreground, background: ink.background)
        guard colors != Palette.Ink() else { return 0 }
        if let known = pairs.firstIndex(of: colors) { return Int16(known + 1) }
        let pair = Int16(pairs.count + 1)
        guard Int32(pair) < ps_color_pair_count(),
            init_pair(pair, colors.foreground, colors.background) == OK
        else { return 0 }
        pairs.append(colors)
        return pair
    }

    private static func attributes(of ink: Palette.Ink) -> attr_t {
        var attributes: attr_t = 0
        if ink.isBold { attributes |= ps_attribute_bold() }
        if ink.isDim { attributes |= ps_attribute_dim() }
        if ink.isUnderlined { attributes |= ps_attribute_underline() }
        if ink.isReversed { attributes |= ps_attribute_reverse() }
        return attributes
    }
}
