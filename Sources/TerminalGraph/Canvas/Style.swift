/// What a cell means, from which a palette makes colours and attributes.
///
/// Views speak of meaning only, so that a theme, sixteen colours or none change nothing in them.
public enum Style: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// The text that is read.
    case plain
    /// Text that stands back: units, axes, idle visitors.
    case faint
    /// Text that stands out: an active visitor's id.
    case strong
    /// The name of a panel.
    case title
    /// Lines around panels.
    case border
    /// The head of a table column.
    case heading
    /// Paths and addresses.
    case reference
    /// As it should be.
    case good
    /// Worth a look.
    case caution
    /// Broken.
    case bad
    /// A key that can be pressed, in the status line.
    case key
    /// The name of the view that is shown, among the others' names.
    case tab
    /// What a filter found in a text.
    case match
    /// A question that waits for an answer, and what is being typed.
    case prompt
    /// A press of a button, spreading on a map.
    case ripple
    /// Activity, from hardly any to most.
    case heat0, heat1, heat2, heat3, heat4, heat5, heat6, heat7
    /// One visitor among others on a map: where the pointer is, where it was just now, where it was before.
    case hue0, hue1, hue2, hue3, hue4, hue5, hue6, hue7
    case recentHue0, recentHue1, recentHue2, recentHue3, recentHue4, recentHue5, recentHue6, recentHue7
    case fadingHue0, fadingHue1, fadingHue2, fadingHue3, fadingHue4, fadingHue5, fadingHue6, fadingHue7

    /// How many steps of activity there are.
    static let heatSteps = 8

    /// The step for `part` of `whole`; what is above the whole counts as the whole.
    static func heat(_ part: Double, of whole: Double) -> Style {
        guard part > 0, whole > 0 else { return .heat0 }
        let step = min(max(part / whole, 0), 1) * Double(heatSteps)
        return heat(step: min(Int(step), heatSteps - 1))
    }

    /// The style of a step in 0..<`heatSteps`.
    static func heat(step: Int) -> Style {
        Style(rawValue: Style.heat0.rawValue + UInt8(clamping: min(max(step, 0), heatSteps - 1))) ?? .heat0
    }

    /// How many visitors can be told apart by colour.
    static let hues = 8

    /// The style of a visitor's place on a map; `index` is any number that stays the visitor's, and `age` is
    /// 0 for now, 1 for just now, 2 for before.
    static func hue(_ index: Int, age: Int) -> Style {
        let hue = UInt8(index & (hues - 1))
        let row = UInt8(clamping: min(max(age, 0), 2)) * UInt8(hues)
        return Style(rawValue: Style.hue0.rawValue + row + hue) ?? .hue0
    }

    /// 0, 1 or 2, as in `hue(_:age:)`; 0 for what is no hue.
    var hueAge: Int { rawValue >= Style.hue0.rawValue ? Int(rawValue - Style.hue0.rawValue) / Style.hues : 0 }
}
