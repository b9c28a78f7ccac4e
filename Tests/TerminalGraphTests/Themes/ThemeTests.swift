import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct ThemeTests {
    /// Relative luminance and contrast as WCAG 2.2 has them.
    private func luminance(_ color: RGB) -> Double {
        func linear(_ part: UInt8) -> Double {
            let value = Double(part) / 255
            return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055)
        }
        return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }

    /// To the power of 2.4: its fifth power is the twelfth of what is given.
    private func power(_ value: Double) -> Double {
        var twelfth = 1.0
        for _ in 0..<12 { twelfth *= value }
        var root = 1.0
        for _ in 0..<200 { root = (4 * root + twelfth / (root * root * root * root)) / 5 }
        return root
    }

    private func contrast(_ one: RGB, _ other: RGB) -> Double {
        let (high, low) = (max(luminance(one), luminance(other)), min(luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)
    }

    private static let black = RGB(red: 0, green: 0, blue: 0)
    private static let white = RGB(red: 255, green: 255, blue: 255)

    @Test func contrastIsMeasuredRight() {
        #expect(abs(contrast(Self.black, Self.white) - 21) < 0.001)
        #expect(abs(contrast(RGB(red: 0x76, green: 0x76, blue: 0x76), Self.white) - 4.54) < 0.01)
        #expect(abs(contrast(RGB(red: 255, green: 0, blue: 0), Self.white) - 4.0) < 0.01)
    }

    /// What is read, what shows figures, where somebody was, and what only guides the eye.
    private func least(_ style: Style, strict: Bool) -> Double {
        let isHue = style.rawValue >= Style.hue0.rawValue
        if strict { return isHue ? 4.5 : 7 }
        switch style {
        case .border: return 2
        case .heat0, .heat1, .heat2, .heat3, .heat4, .heat5, .heat6, .heat7: return 3
        default: break
        }
        guard isHue else { return 4.5 }
        return [4, 2.2, 1.5][style.hueAge]
    }

    @Test(arguments: [("dark", black), ("light", white), ("contrast", black), ("contrast", white)])
    func builtInThemesCanBeRead(name: String, ground: RGB) throws {
        let theme = try #require(Theme.named(name))
        let own = ground == Self.black ? Self.white : Self.black
        for style in Style.allCases {
            let look = theme.look(of: style)
            // On 256 colours it is the nearest that is seen.
            for isExact in [true, false] {
                func seen(_ color: Look.Color?) -> RGB? {
                    color.map { isExact ? $0.exact : xterm($0.exact.nearestOfXterm) }
                }
                let ratio = contrast(seen(look.foreground) ?? own, seen(look.background) ?? ground)
                #expect(ratio >= least(style, strict: name == "contrast"), "\(name) \(style): \(ratio)")
                guard style != .border, style.hueAge < 1 else { continue }
                let chosen = try #require(theme.highlightedLook(of: style))
                let ground = try #require(seen(chosen.background))
                #expect(contrast(seen(chosen.foreground) ?? own, ground) >= 2.7, "\(name) \(style) chosen")
            }
        }
    }

    /// The colour that an index from 16 on has.
    private func xterm(_ index: Int16) -> RGB {
        let place = Int(index) - 16
        func step(_ digit: Int) -> UInt8 { digit == 0 ? 0 : UInt8(55 + 40 * digit) }
        guard place < 216 else {
            let grey = UInt8(8 + 10 * (place - 216))
            return RGB(red: grey, green: grey, blue: grey)
        }
        return RGB(red: step(place / 36), green: step(place / 6 % 6), blue: step(place % 6))
    }

    @Test func everyStyleHasAnInkAtEveryDepth() {
        for theme in Theme.names.compactMap(Theme.named) {
            for depth in [ColorDepth.none, .sixteen, .twoHundredFiftySix, .trueColor] {
                let palette = Palette(theme: theme, depth: depth)
                #expect(palette.inks.count == Style.allCases.count)
                #expect(palette.highlighted.count == Style.allCases.count)
                for ink in palette.inks + palette.highlighted {
                    let colors = [ink.foreground, ink.background]
                    switch depth {
                    case .none: #expect(colors == [-1, -1])
                    case .sixteen:
                        #expect(colors.allSatisfy { (-1..<8).contains($0) })
                        #expect(ink.foreground != ink.background || ink.foreground == -1)
                    case .twoHundredFiftySix:
                        #expect(colors.allSatisfy { $0 == -1 || (16..<256).contains($0) })
                    case .trueColor:
                        #expect(
                            colors.allSatisfy {
                                $0 == -1 || (16..<16 + palette.exact.count).contains(Int($0))
                            })
                    }
                    let hasGround = depth == .twoHundredFiftySix || depth == .trueColor
                    #expect(hasGround ? !ink.isReversed : true)
                }
                // A chosen row can be told from every other.
                #expect(zip(palette.inks, palette.highlighted).allSatisfy { $0 != $1 })
            }
        }
    }

    @Test func theNearestColorIsFound() throws {
        for index in 16..<256 as Range<Int16> {
            let nearest = xterm(index).nearestOfXterm
            #expect(xterm(nearest) == xterm(index))
        }
        #expect(try #require(RGB("#5fd7d7")).nearestOfXterm == 80)
        #expect(try #require(RGB("#7f7f81")).nearestOfXterm == 244)
        let eight = ["#000000", "#ff0000", "#00aa00", "#ffd700", "#0000ee", "#ff00ff", "#00d7ff", "#eeeeee"]
        #expect(try eight.map { try #require(RGB(Substring($0))).nearestOfEight } == Array(0..<8))
        for text in ["", "#12345", "#1234567", "123456", "#12345g", "#+12345", "#é1234"] {
            #expect(RGB(Substring(text)) == nil)
        }
    }

    @Test func aFileMakesATheme() throws {
        let theme = try Theme(
            parsing: """
                # mine

                base = light\r
                \ttitle = #102030 on #fff0e0/7 bold underline
                hue3 = dim
                plain = #0000ff/3
                selection = on #abcdef
                """)
        let title = theme.look(of: .title)
        #expect(title.foreground?.exact == RGB(red: 0x10, green: 0x20, blue: 0x30))
        #expect(title.background?.ofEight == 7 && title.isBold && title.isUnderlined && !title.isDim)
        #expect(theme.look(of: .plain).foreground?.ofEight == 3)
        #expect(
            theme.look(of: Style.hue(3, age: 0))
                == Look(foreground: theme.look(of: .plain).foreground, isDim: true))
        #expect(theme.look(of: .good) == Theme.light.look(of: .good))
        #expect(theme.highlightedLook(of: .good)?.background?.exact == RGB("#abcdef"))
        #expect(try Theme(parsing: "") == .dark)
        #expect(try Theme(parsing: "base = contrast") == .contrast)
        #expect(try Theme(parsing: "selection = bold").highlightedLook(of: .plain) == nil)
        #expect(Theme.named("blue") == nil)
    }

    @Test(arguments: [
        ("tilte = #ffffff", 1, #"there is no style "tilte"; there are plain, faint, "#),
        ("\n# x\ntitle = #ffff", 3, ##""#ffff" is no colour; write one as #rrggbb"##),
        ("title #ffffff", 1, "write it as: style = #rrggbb"),
        ("title", 1, "write it as"),
        ("title = red", 1, ##""red" is no colour"##),
        ("title = bold #ffffff", 1, ##""#ffffff" is out of place; write #rrggbb"##),
        ("title = #ffffff #ffffff", 1, "is out of place"),
        ("title = on", 1, "on is followed by a colour"),
        ("title = on bold", 1, ##""bold" is no colour"##),
        ("title = #ffffff/8", 1, "0 to 7"),
        ("title = #ffffff/1/1", 1, "is no colour"),
        ("plain = bold\nbase = dark", 2, "base comes before every style"),
        ("base = solarized", 1, "base is one of dark, light, contrast"),
        ("\u{1B}[2J = bold", 1, #"there is no style "?[2J""#),
    ])
    func aMistakeIsNamed(text: String, line: Int, reason: String) {
        do throws(ThemeError) {
            _ = try Theme(parsing: text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.line == line && error.reason.contains(reason), "\(error)")
        }
    }

    @Test func anyTextIsSurvived() {
        #expect(throws: ThemeError.self) { try Theme(parsing: String(repeating: "\n", count: 1 << 20)) }
        var generator = SplitMix64(seed: 11)
        let parts = [
            "title", " ", "=", " = ", "#", "ff8800", "on", "bold", "\n", "/3", "base", "dark", "é", "\0",
        ]
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<12, using: &generator)
            let text = (0..<count).map { _ in parts.randomElement(using: &generator)! }.joined()
            do throws(ThemeError) {
                _ = try Theme(parsing: text)
            } catch {
                #expect(error.reason.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) })
            }
        }
    }
}
