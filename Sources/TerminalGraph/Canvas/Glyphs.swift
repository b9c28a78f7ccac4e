/// The signs that may be drawn: those of Unicode with braille or without, or ASCII alone.
public enum Glyphs: Sendable, Equatable, CaseIterable {
    /// Pictures are made of braille dots.
    case unicode
    /// Pictures are made of halves, quarters and eighths of a cell: for fonts without braille.
    case blocks
    case ascii

    /// Whether a text may stand there as it is written, as far as it is safe.
    var isUnicode: Bool { self != .ascii }

    /// Stands where something unsafe stood: a control character, an invisible one, half a character.
    var mark: UInt32 { isUnicode ? 0xB7 : UInt32(UInt8(ascii: "?")) }
    /// Stands where a text goes on out of sight.
    var ellipsis: UInt32 { isUnicode ? 0x2026 : UInt32(UInt8(ascii: "~")) }
    /// The light in front of a connection's state.
    var light: String { isUnicode ? "●" : "*" }
    /// Between two figures of a line.
    var separator: String { isUnicode ? "·" : "-" }
    /// From one to another.
    var dash: String { isUnicode ? "–" : "-" }
    var arrows: String { isUnicode ? "↑↓" : "arrows" }

    var horizontal: UInt32 { isUnicode ? 0x2500 : UInt32(UInt8(ascii: "-")) }
    var vertical: UInt32 { isUnicode ? 0x2502 : UInt32(UInt8(ascii: "|")) }
    var topLeft: UInt32 { isUnicode ? 0x256D : UInt32(UInt8(ascii: "+")) }
    var topRight: UInt32 { isUnicode ? 0x256E : UInt32(UInt8(ascii: "+")) }
    var bottomLeft: UInt32 { isUnicode ? 0x2570 : UInt32(UInt8(ascii: "+")) }
    var bottomRight: UInt32 { isUnicode ? 0x256F : UInt32(UInt8(ascii: "+")) }
    /// Where a value on the axis meets the chart.
    var tick: UInt32 { isUnicode ? 0x2524 : UInt32(UInt8(ascii: "+")) }

    /// How many columns of the chart one cell shows.
    var chartColumnsPerCell: Int { self == .unicode ? 2 : 1 }
    /// How many steps a chart cell is high.
    var chartStepsPerCell: Int {
        switch self {
        case .unicode: 4
        case .blocks: 8
        case .ascii: 3
        }
    }

    /// An area's cell, filled `left` and `right` steps high; where a cell is one column, `left` alone counts.
    func area(left: Int, right: Int) -> UInt32 {
        let left = min(max(left, 0), chartStepsPerCell)
        let right = min(max(right, 0), chartStepsPerCell)
        switch self {
        case .unicode:
            guard left > 0 || right > 0 else { return 0x20 }
            return 0x2800 + Self.leftDots(left) + Self.rightDots(right)
        case .blocks: return left > 0 ? 0x2580 + UInt32(left) : 0x20
        case .ascii:
            return [UInt32(UInt8(ascii: " ")), 0x2E, 0x3A, 0x23][left]
        }
    }

    /// How many dots of a plot lie side by side in a cell.
    var dotColumns: Int { self == .ascii ? 1 : 2 }
    /// How many dots of a plot lie one above the other in a cell.
    var dotRows: Int {
        switch self {
        case .unicode: 4
        case .blocks: 2
        case .ascii: 1
        }
    }

    /// The cell with the dots of `mask`: bit `row * dotColumns + column` is the dot there, counted from the
    /// upper left; bits beyond the last dot count for nothing, and a cell without dots is a blank.
    func dots(_ mask: UInt8) -> UInt32 {
        switch self {
        case .unicode: mask == 0 ? 0x20 : Self.braille(mask)
        case .blocks: Self.quadrants[Int(mask & 0xF)]
        case .ascii: mask & 1 == 0 ? 0x20 : UInt32(UInt8(ascii: "*"))
        }
    }

    /// Bits go by rows; braille goes down the left column (dots 1-3), the right one (4-6), and then along the
    /// fourth row (7, 8), because it once had three rows only (Unicode 15, section 21.1).
    private static func braille(_ mask: UInt8) -> UInt32 {
        let mask = UInt32(mask)
        let left = mask & 0x01 | (mask & 0x04) >> 1 | (mask & 0x10) >> 2
        let right = (mask & 0x02) << 2 | (mask & 0x08) << 1 | mask & 0x20
        return 0x2800 + (left | right | mask & 0xC0)
    }

    /// By mask: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
    private static let quadrants: [UInt32] = [
        0x20, 0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
        0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588,
    ]

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
        case .unicode, .blocks: return 0x2580 + UInt32(max(1, Int((share * 8).rounded())))
        case .ascii:
            let bars: [UInt8] = [0x2E, 0x3A, 0x2D, 0x3D, 0x2B, 0x2A, 0x23]
            return UInt32(bars[min(Int(share * Double(bars.count)), bars.count - 1)])
        }
    }
}
