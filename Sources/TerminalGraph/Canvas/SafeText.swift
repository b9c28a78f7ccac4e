import func CNCurses.ps_column_width

/// Takes a text from strangers apart into signs that every terminal puts into the columns we think it does.
///
/// What cannot be trusted to do so becomes a visible mark one column wide:
/// - control characters (C0, DEL, C1), line and paragraph separators;
/// - whatever is invisible or steers its neighbours: zero-width and format characters, bidi controls,
///   joiners, variation selectors, tags, fillers, spaces other than the plain one;
/// - whatever terminals disagree about: spacing and enclosing marks, skin tones, regional indicators, private
///   and unassigned characters, combining marks with nothing to stand on or more than two on one sign;
/// - bytes that are not UTF-8, which become U+FFFD first.
///
/// Widths are wcwidth(3)'s, so the locale has to be a UTF-8 one where `glyphs` are Unicode's.
struct SafeText: IteratorProtocol {
    /// A sign with the marks on it.
    struct Sign: Equatable {
        var scalar: UInt32
        var firstMark: UInt32 = 0
        var secondMark: UInt32 = 0
        /// Columns: 1 or 2.
        var width: Int
    }

    private enum Kind {
        case sign(width: Int)
        case combining
        case unsafe
    }

    private var scalars: String.UnicodeScalarView.Iterator
    private var pending: Unicode.Scalar?
    private let glyphs: Glyphs

    init(_ text: String, glyphs: Glyphs) {
        scalars = text.unicodeScalars.makeIterator()
        pending = scalars.next()
        self.glyphs = glyphs
    }

    mutating func next() -> Sign? {
        guard let scalar = pending else { return nil }
        pending = scalars.next()
        guard case .sign(let width) = Self.kind(of: scalar, glyphs: glyphs) else {
            return Sign(scalar: glyphs.mark, width: 1)
        }
        var sign = Sign(scalar: scalar.value, width: width)
        // Nothing combines with a space, so that a mark there is a mark on nothing.
        while sign.secondMark == 0, sign.scalar != 0x20, let mark = pending, mark.value >= 0x300,
            case .combining = Self.kind(of: mark, glyphs: glyphs)
        {
            if sign.firstMark == 0 {
                sign.firstMark = mark.value
            } else {
                sign.secondMark = mark.value
            }
            pending = scalars.next()
        }
        return sign
    }

    /// How many columns the whole text takes, at most `limit` + 1.
    static func width(of text: String, glyphs: Glyphs, upTo limit: Int) -> Int {
        var signs = SafeText(text, glyphs: glyphs)
        var width = 0
        while width <= limit, let sign = signs.next() { width += sign.width }
        return width
    }

    private static func kind(of scalar: Unicode.Scalar, glyphs: Glyphs) -> Kind {
        let value = scalar.value
        if value >= 0x20, value < 0x7F { return .sign(width: 1) }
        guard glyphs.isUnicode, value >= 0xA1 else { return .unsafe }
        if isDisputed(value) { return .unsafe }
        let width = Int(ps_column_width(Int32(bitPattern: value)))
        switch scalar.properties.generalCategory {
        case .nonspacingMark:
            return width == 0 ? .combining : .unsafe
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator, .spacingMark, .enclosingMark:
            return .unsafe
        default:
            return width == 1 || width == 2 ? .sign(width: width) : .unsafe
        }
    }

    /// Whether terminals and wcwidth are known to part over `value`, or it cannot be seen.
    private static func isDisputed(_ value: UInt32) -> Bool {
        switch value {
        case 0x034F, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true  // joiner without width, variation selectors
        case 0x115F...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: true  // Hangul jamo that combine
        case 0x3164, 0xFFA0, 0x2800: true  // fillers and a braille cell without dots
        case 0x0E33, 0x0EB3: true  // SARA AM of Thai and Lao, drawn over its neighbour
        case 0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF: true  // regional indicators, skin tones
        default: false
        }
    }
}
