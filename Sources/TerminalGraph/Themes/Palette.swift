/// How the styles of a theme look on a terminal of some depth of colour, in the numbers that ncurses takes.
struct Palette: Sendable {
    /// Colours and attributes of one style.
    struct Ink: Equatable, Sendable {
        /// Indices into the terminal's colours; -1 is its own.
        var foreground: Int16 = -1
        var background: Int16 = -1
        var isBold = false
        var isDim = false
        var isUnderlined = false
        var isReversed = false
    }

    /// Inks of `Style.allCases`, and those in the row that is chosen.
    private(set) var inks: [Ink] = []
    private(set) var highlighted: [Ink] = []
    /// With true colour: what the indices from `firstExact` on stand for.
    private(set) var exact: [RGB] = []

    /// The first sixteen indices have sequences of their own.
    static let firstExact = 16

    init(theme: Theme, depth: ColorDepth) {
        for style in Style.allCases {
            let look = theme.look(of: style)
            let ink = ink(look, style, depth)
            inks.append(ink)
            if depth == .twoHundredFiftySix || depth == .trueColor,
                let chosen = theme.highlightedLook(of: style)
            {
                highlighted.append(self.ink(chosen, style, depth))
            } else {
                // Of eight colours none is a ground that every other can be read on, and each one reversed
                // makes a patchwork of the row: it has the terminal's own, turned round.
                highlighted.append(Ink(isReversed: true))
            }
        }
    }

    private mutating func ink(_ look: Look, _ style: Style, _ depth: ColorDepth) -> Ink {
        var ink = Ink(isBold: look.isBold, isDim: look.isDim, isUnderlined: look.isUnderlined)
        switch depth {
        case .none:
            ink.isBold = Self.isBoldWithoutColor(style)
            ink.isDim = Self.isDimWithoutColor(style)
        case .sixteen:
            ink.background = look.background?.ofEight ?? -1
            let isOnOwnGround = look.background == nil
            guard let color = look.foreground else { break }
            // On the user's own ground only the user's own foreground is sure to be seen; what stands back is
            // dim instead of grey.
            if isOnOwnGround, color.exact.isGrey, color.ofEight == color.exact.nearestOfEight {
                ink.isDim = true
            } else {
                ink.foreground = color.ofEight
                ink.isDim = ink.isDim || isOnOwnGround && style.hueAge > 0
            }
        case .twoHundredFiftySix:
            ink.foreground = look.foreground?.exact.nearestOfXterm ?? -1
            ink.background = look.background?.exact.nearestOfXterm ?? -1
        case .trueColor:
            ink.foreground = look.foreground.map { index(of: $0.exact) } ?? -1
            ink.background = look.background.map { index(of: $0.exact) } ?? -1
        }
        return ink
    }

    /// A theme has fewer colours than there are indices: two for each style and two for the chosen row.
    private mutating func index(of color: RGB) -> Int16 {
        let place = exact.firstIndex(of: color) ?? exact.count
        if place == exact.count { exact.append(color) }
        return Int16(Self.firstExact + place)
    }

    private static func isBoldWithoutColor(_ style: Style) -> Bool {
        switch style {
        case .strong, .title, .key, .bad, .caution, .tab, .match, .prompt, .ripple: true
        default: false
        }
    }

    private static func isDimWithoutColor(_ style: Style) -> Bool {
        switch style {
        case .faint, .border, .heading: true
        default: style.hueAge == 2
        }
    }
}
