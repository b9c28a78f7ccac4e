/// One place of the canvas: what stands there, how wide it is and how it looks.
///
/// A sign two columns wide takes two cells, of which the right one is `rightHalf`.
public struct Cell: Equatable, Sendable, BitwiseCopyable {
    /// The sign's first scalar; 0 in a right half.
    public var scalar: UInt32
    /// Up to two combining marks on it; 0 is none.
    public var firstMark: UInt32
    public var secondMark: UInt32
    /// Columns: 1 or 2, and 0 in a right half.
    public var width: UInt8
    public var style: Style
    /// Whether it lies in the row that is chosen.
    public var isHighlighted = false

    init(scalar: UInt32, firstMark: UInt32 = 0, secondMark: UInt32 = 0, width: UInt8 = 1, style: Style) {
        self.scalar = scalar
        self.firstMark = firstMark
        self.secondMark = secondMark
        self.width = width
        self.style = style
    }

    /// A place where nothing stands.
    static let blank = Cell(scalar: 0x20, style: .plain)

    /// The right half of a sign two columns wide.
    static func rightHalf(style: Style) -> Cell { Cell(scalar: 0, width: 0, style: style) }
}
