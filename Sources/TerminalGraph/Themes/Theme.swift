/// The colours and attributes of every style.
///
/// A theme is made from text, one line a style, and so are those that are built in:
/// ```
/// # what is not said below is as in this one; dark where nothing is said
/// base = light
/// title = #005f87 bold
/// caution = #af5f00/3              where there are only eight colours the one with index 3, yellow
/// match = #000000 on #ffd75f underline
/// selection = on #d0e2f8           the row that is chosen; without a background it is reversed
/// ```
/// The words after the colours are `bold`, `dim` and `underline`. Where `plain` has a background, every style
/// without one has that.
public struct Theme: Equatable, Sendable {
    /// The looks of `Style.allCases`, as written.
    var looks: [Look]
    var selection: Look

    /// Everything as the terminal has it.
    init() {
        looks = Array(repeating: Look(), count: Style.allCases.count)
        selection = Look()
    }

    /// The names of those that are built in.
    public static let names = ["dark", "light", "contrast"]

    /// The built-in theme of that name.
    public static func named(_ name: String) -> Theme? {
        switch name {
        case "dark": dark
        case "light": light
        case "contrast": contrast
        default: nil
        }
    }

    /// The look of `style`, with the colours of `plain` where it has none of its own.
    func look(of style: Style) -> Look {
        var look = looks[Int(style.rawValue)]
        let plain = looks[Int(Style.plain.rawValue)]
        look.foreground = look.foreground ?? plain.foreground
        look.background = look.background ?? plain.background
        return look
    }

    /// The look of `style` in the row that is chosen; nil where that is to be reversed.
    func highlightedLook(of style: Style) -> Look? {
        guard let background = selection.background else { return nil }
        var look = look(of: style)
        look.foreground = selection.foreground ?? look.foreground
        look.background = background
        look.isBold = look.isBold || selection.isBold
        look.isDim = look.isDim || selection.isDim
        look.isUnderlined = look.isUnderlined || selection.isUnderlined
        return look
    }
}
