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
    /// Activity, from hardly any to most.
    case heat0, heat1, heat2, heat3, heat4, heat5, heat6, heat7

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
}
