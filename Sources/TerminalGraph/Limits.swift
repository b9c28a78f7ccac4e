/// Bounds of the terminal's layer, each with its reason.
enum Limits {
    /// The widest picture: more than any screen of today shows at a readable size.
    static let canvasColumns = 1_000
    /// The highest picture.
    static let canvasRows = 500
    /// The smallest picture that still says something.
    static let overviewColumns = 40
    static let overviewRows = 10
    /// Bytes written to the terminal in one go, so that a fast terminal does not starve the loop.
    static let writeBytes = 64 * 1024
    /// Bytes read from the keyboard in one go: more than a person types and all that a small paste has.
    static let readBytes = 1024
    /// Bytes written one by one in one go where the terminal could not be opened without blocking.
    static let guardedWriteBytes = 4 * 1024
    /// Bytes of a control sequence that may be a key; a longer one is passed over to its end.
    static let escapeBytes = 32
    /// CSS pixels of a viewport on the map: twice the largest screens; whoever claims more would make
    /// everyone else's a dot.
    static let mapPixels = 16_384.0
    /// How long the map leaves room for where a pointer was whose viewport nobody told.
    static let reachMilliseconds: Int64 = 20_000
    /// Pointers on one map that have hues: of more nobody tells one from another by eight colours.
    static let mapHuePointers = 256
    /// Ids that are tried to be placed on one map: more than can be read, and each try costs a few looks.
    static let mapLabels = 256
    /// Cells of the page for each id that is tried: with more ids than this, one sees nothing else.
    static let labelCells = 48
    /// Cells of the page for each pointer that moves, below which trails are shortened.
    static let trailCells = 200
    /// Columns of an id on the map.
    static let mapLabelColumns = 16
    /// Clicks spreading at once; older ones are left out.
    static let ripples = 256
    /// The longest trail: what the model remembers of busy visitors is shorter.
    static let trailMilliseconds = 60_000
    /// Clicks of one path that are marked: more numbers than these hide the path.
    static let pathClicks = 64
    /// Cells of the page for each click that is marked, for the same reason.
    static let clickCells = 40
    /// Dots of a ring, as many as the largest one has.
    static let ringPoints = 40
    /// The highest figure in one: no screen has so many columns.
    static let escapeParameter = 65_535
    /// How long a terminal may take from ESC to the rest of a key.
    static let keyNanoseconds: Int64 = 50_000_000
    /// How long a terminal's answer to a question that is not ours may stand still before it has broken off:
    /// what comes later would press keys, and until then keys would be taken for a part of it.
    static let answerNanoseconds: Int64 = 3_000_000_000
    /// Bytes of a theme: its styles ten times over, with a comment on each.
    static let themeBytes = 64 * 1024
}
