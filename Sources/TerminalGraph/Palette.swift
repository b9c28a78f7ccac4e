/// How a style looks on a terminal of some depth of colour.
struct Palette: Sendable {
    /// Colour and attributes of one style.
    struct Look: Equatable, Sendable {
        /// An index into the terminal's colours; -1 is its own foreground.
        var foreground: Int16 = -1
        var isBold = false
        var isDim = false
    }

    let depth: ColorDepth

    private static let sixteenHues: [Int16] = [6, 3, 2, 5, 4, 1, 7, 6]
    /// By age, then by hue.
    private static let manyHues: [[Int16]] = [
        [81, 215, 120, 213, 111, 210, 228, 158], [38, 172, 71, 170, 68, 167, 185, 72],
        [24, 94, 22, 90, 25, 88, 100, 23],
    ]

    /// The look of `style` at this palette's depth.
    func look(of style: Style) -> Look {
        switch depth {
        case .none: monochrome(style)
        case .sixteen: sixteen(style)
        case .twoHundredFiftySix: many(style)
        }
    }

    private func monochrome(_ style: Style) -> Look {
        switch style {
        case .strong, .title, .key, .bad, .caution, .tab, .match, .prompt, .ripple: Look(isBold: true)
        case .faint, .border, .heading: Look(isDim: true)
        case .fadingHue0, .fadingHue1, .fadingHue2, .fadingHue3, .fadingHue4, .fadingHue5, .fadingHue6,
            .fadingHue7:
            Look(isDim: true)
        default: Look()
        }
    }

    private func sixteen(_ style: Style) -> Look {
        switch style {
        case .plain: Look()
        case .faint, .border, .heading: Look(isDim: true)
        case .strong, .tab: Look(isBold: true)
        case .match, .prompt, .ripple: Look(foreground: 3, isBold: true)
        case .title, .key: Look(foreground: 6, isBold: true)
        case .reference: Look(foreground: 6)
        case .good: Look(foreground: 2)
        case .caution: Look(foreground: 3)
        case .bad: Look(foreground: 1, isBold: true)
        case .heat0, .heat1: Look(foreground: 4)
        case .heat2, .heat3: Look(foreground: 6)
        case .heat4, .heat5: Look(foreground: 2)
        case .heat6: Look(foreground: 3)
        case .heat7: Look(foreground: 3, isBold: true)
        default: Look(foreground: Self.sixteenHues[style.hueIndex ?? 0], isDim: style.hueAge > 0)
        }
    }

    private func many(_ style: Style) -> Look {
        switch style {
        case .plain: Look()
        case .faint: Look(foreground: 244)
        case .strong: Look(isBold: true)
        case .title: Look(foreground: 80, isBold: true)
        case .border: Look(foreground: 239)
        case .heading: Look(foreground: 245)
        case .reference: Look(foreground: 110)
        case .good: Look(foreground: 78)
        case .caution: Look(foreground: 214)
        case .bad: Look(foreground: 203, isBold: true)
        case .key: Look(foreground: 80, isBold: true)
        // From deep water over green to the light of noon: one walk around the colour wheel, so that a
        // glance tells more from less, also to most of those who see colours differently.
        case .heat0: Look(foreground: 31)
        case .heat1: Look(foreground: 37)
        case .heat2: Look(foreground: 43)
        case .heat3: Look(foreground: 79)
        case .heat4: Look(foreground: 114)
        case .heat5: Look(foreground: 150)
        case .heat6: Look(foreground: 186)
        case .heat7: Look(foreground: 222)
        case .tab: Look(isBold: true)
        case .match, .prompt: Look(foreground: 222, isBold: true)
        case .ripple: Look(foreground: 231, isBold: true)
        default: Look(foreground: Self.manyHues[style.hueAge][style.hueIndex ?? 0])
        }
    }
}
