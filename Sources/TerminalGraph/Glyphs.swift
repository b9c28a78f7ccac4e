/// The signs that may be drawn: those of Unicode, or ASCII alone.
public enum Glyphs: Sendable, Equatable, CaseIterable {
    case unicode
    case ascii

    /// Stands where something unsafe stood: a control character, an invisible one, half a character.
    var mark: UInt32 { self == .unicode ? 0xB7 : UInt32(UInt8(ascii: "?")) }
    /// Stands where a text goes on out of sight.
    var ellipsis: UInt32 { self == .unicode ? 0x2026 : UInt32(UInt8(ascii: "~")) }
    /// The light in front of a connection's state.
    var light: String { self == .unicode ? "●" : "*" }
    /// Between two figures of a line.
    var separator: String { self == .unicode ? "·" : "-" }
    /// From one to another.
    var dash: String { self == .unicode ? "–" : "-" }
    var arrows: String { self == .unicode ? "↑↓" : "arrows" }

    var horizontal: UInt32 { self == .unicode ? 0x2500 : UInt32(UInt8(ascii: "-")) }
    var vertical: UInt32 { self == .unicode ? 0x2502 : UInt32(UInt8(ascii: "|")) }
    var topLeft: UInt32 { self == .unicode ? 0x256D : UInt32(UInt8(ascii: "+")) }
    var topRight: UInt32 { self == .unicode ? 0x256E : UInt32(UInt8(ascii: "+")) }
    var bottomLeft: UInt32 { self == .unicode ? 0x2570 : UInt32(UInt8(ascii: "+")) }
    var bottomRight: UInt32 { self == .unicode ? 0x256F : UInt32(UInt8(ascii: "+")) }
    /// Where a value on the axis meets the chart.
    var tick: UInt32 { self == .unicode ? 0x2524 : UInt32(UInt8(ascii: "+")) }

    /// How many columns of the chart one cell shows.
    var chartColumnsPerCell: Int { self == .unicode ? 2 : 1 }
    /// How many steps a chart cell is high.
    var chartStepsPerCell: Int { self == .unicode ? 4 : 3 }

    /// An area's cell, filled `left` and `right` steps high; ASCII shows `left` alone.
    func area(left: Int, right: Int) -> UInt32 {
        let left = min(max(left, 0), chartStepsPerCell)
        let right = min(max(right, 0), chartStepsPerCell)
        switch self {
        case .unicode:
            guard left > 0 || right > 0 else { return 0x20 }
            return 0x2800 + Self.leftDots(left) + Self.rightDots(right)
        case .ascii:
            return [UInt32(UInt8(ascii: " ")), 0x2E, 0x3A, 0x23][left]
        }
    }

    /// Dots 7, 3, 2, 1 of a braille cell from below (Unicode 15, section 21.1: dot n is bit n-1).
    private static func leftDots(_ count: Int) -> UInt32 {
        switch count {
        case 0: 0
        case 1: 0x40
        case 2: 0x44
        case 3: 0x46
        default: 0x47
        }
    }

    /// Dots 8, 6, 5, 4 of a braille cell from below.
    private static func rightDots(_ count: Int) -> UInt32 {
        switch count {
        case 0: 0
        case 1: 0x80
        case 2: 0xA0
        case 3: 0xB0
        default: 0xB8
        }
    }

    /// A bar `part` of `whole` high; anything above nothing can be seen.
    func bar(_ part: Double, of whole: Double) -> UInt32 {
        guard part > 0, whole > 0 else { return 0x20 }
        let share = min(part / whole, 1)
        switch self {
        case .unicode: return 0x2580 + UInt32(max(1, Int((share * 8).rounded())))
        case .ascii:
            let bars: [UInt8] = [0x2E, 0x3A, 0x2D, 0x3D, 0x2B, 0x2A, 0x23]
            return UInt32(bars[min(Int(share * Double(bars.count)), bars.count - 1)])
        }
    }
}
