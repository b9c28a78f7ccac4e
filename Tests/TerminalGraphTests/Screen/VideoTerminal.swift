/// A VT100 that shows UTF-8, as far as ncurses uses one: it tells what a person would see.
struct VideoTerminal {
    private(set) var columns: Int
    private(set) var rows: Int
    /// What stands in each cell; nothing in the right half of a wide sign.
    private var cells: [[String]]
    private var row = 0
    private var column = 0
    /// A sign was put in the last column: the next one goes to the next line.
    private var isWrapPending = false
    /// The rows that scroll.
    private var region: Range<Int>
    private var state = State.ground
    private var parameters = ""
    private var text: [UInt8] = []
    /// Whatever was sent that this terminal does not know.
    private(set) var unknown: [String] = []

    private enum State {
        case ground
        case escape
        case charset
        case sequence
    }

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        region = 0..<rows
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    /// The rows as text.
    var lines: [String] { cells.map { $0.joined() } }

    /// A terminal of another size shows what it likes: here nonsense, which has to be painted over.
    mutating func resize(columns: Int, rows: Int) {
        self = VideoTerminal(columns: columns, rows: rows)
        cells = Array(repeating: Array(repeating: "%", count: columns), count: rows)
    }

    mutating func receive(_ bytes: [UInt8]) {
        for byte in bytes { receive(byte) }
    }

    private mutating func receive(_ byte: UInt8) {
        switch state {
        case .ground: ground(byte)
        case .escape: escape(byte)
        case .charset: state = .ground
        case .sequence:
            if (0x40...0x7E).contains(byte) {
                state = .ground
                perform(byte)
            } else {
                parameters.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
    }

    private mutating func ground(_ byte: UInt8) {
        switch byte {
        case 0x1B: state = .escape
        case 0x0D: move(toRow: row, column: 0)
        case 0x0A: lineFeed()
        case 0x08: move(toRow: row, column: column - 1)
        case 0x00, 0x0E, 0x0F: break
        case 0x00..<0x20: unknown.append("control \(byte)")
        default: collect(byte)
        }
    }

    private mutating func escape(_ byte: UInt8) {
        state = .ground
        switch byte {
        case UInt8(ascii: "["):
            parameters = ""
            state = .sequence
        case UInt8(ascii: "("), UInt8(ascii: ")"): state = .charset
        case UInt8(ascii: "M"): reverseLineFeed()
        case UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "<"): break
        default: unknown.append("escape \(byte)")
        }
    }

    private mutating func perform(_ final: UInt8) {
        let numbers = parameters.split(separator: ";").map { Int($0) ?? -1 }
        let first = numbers.first ?? 0
        switch final {
        case UInt8(ascii: "H"):
            move(toRow: max(first, 1) - 1, column: max(numbers.dropFirst().first ?? 1, 1) - 1)
        case UInt8(ascii: "A"): move(toRow: row - max(first, 1), column: column)
        case UInt8(ascii: "B"): move(toRow: row + max(first, 1), column: column)
        case UInt8(ascii: "C"): move(toRow: row, column: column + max(first, 1))
        case UInt8(ascii: "D"): move(toRow: row, column: column - max(first, 1))
        case UInt8(ascii: "K"): eraseLine(first)
        case UInt8(ascii: "J") where first == 0:
            eraseLine(0)
            for below in row + 1..<max(rows, row + 1) { cells[below] = Array(repeating: " ", count: columns) }
        case UInt8(ascii: "r"):
            region = max(first, 1) - 1..<(numbers.dropFirst().first ?? rows)
            move(toRow: 0, column: 0)
        case UInt8(ascii: "m"), UInt8(ascii: "h"), UInt8(ascii: "l"): break
        default: unknown.append("sequence \(parameters)\(Unicode.Scalar(final))")
        }
    }

    private mutating func lineFeed() {
        guard row == region.upperBound - 1 else { return move(toRow: row + 1, column: column) }
        cells.remove(at: region.lowerBound)
        cells.insert(Array(repeating: " ", count: columns), at: region.upperBound - 1)
    }

    private mutating func reverseLineFeed() {
        guard row == region.lowerBound else { return move(toRow: row - 1, column: column) }
        cells.remove(at: region.upperBound - 1)
        cells.insert(Array(repeating: " ", count: columns), at: region.lowerBound)
    }

    private mutating func eraseLine(_ mode: Int) {
        let range = mode == 0 ? column..<columns : 0..<min(column + 1, columns)
        if mode > 1 { unknown.append("erase \(mode)") }
        for place in range { cells[row][place] = " " }
    }

    private mutating func move(toRow row: Int, column: Int) {
        if row < 0 || row >= rows || column < 0 || column >= columns {
            unknown.append("move \(row),\(column)")
        }
        self.row = min(max(row, 0), rows - 1)
        self.column = min(max(column, 0), columns - 1)
        isWrapPending = false
    }

    private mutating func collect(_ byte: UInt8) {
        text.append(byte)
        let length = byte < 0x80 ? 1 : text[0] >= 0xF0 ? 4 : text[0] >= 0xE0 ? 3 : 2
        guard text.count == length else { return }
        let sign = String(decoding: text, as: UTF8.self)
        text = []
        put(sign.unicodeScalars.first ?? " ")
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let width = Self.width(scalar)
        if width == 0 {
            let place = isWrapPending ? column : column - 1
            let base = cells[row][place].isEmpty ? place - 1 : place
            cells[row][base].unicodeScalars.append(scalar)
            return
        }
        if isWrapPending || column + width > columns {
            column = 0
            row = min(row + 1, rows - 1)
            isWrapPending = false
        }
        // Half of a wide sign does not stay without the other.
        if cells[row][column].isEmpty { cells[row][column - 1] = " " }
        if column + width < columns, cells[row][column + width].isEmpty { cells[row][column + width] = " " }
        cells[row][column] = String(scalar)
        if width == 2 { cells[row][column + 1] = "" }
        column += width
        if column == columns {
            column -= 1
            isWrapPending = true
        }
    }

    /// The widths of the signs that the tests use.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x300...0x36F: 0
        case 0x1100...0x115F, 0x3041...0x9FFF, 0xAC00...0xD7A3, 0xFF01...0xFF60, 0x1F300...0x1FAFF: 2
        default: 1
        }
    }
}
