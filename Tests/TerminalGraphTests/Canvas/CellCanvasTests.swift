import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct CellCanvasTests {
    init() { #expect(TestLocale.isUTF8) }

    /// Whether every row adds up, wide signs are whole, and nothing unsafe stands anywhere.
    static func isWhole(_ canvas: CellCanvas) -> Bool {
        for row in 0..<canvas.rows {
            var column = 0
            while column < canvas.columns {
                let cell = canvas[row, column]
                if cell.scalar < 0x7F, cell.scalar >= 0x20, cell.width == 1, cell.firstMark == 0 {
                    column += 1
                    continue
                }
                guard cell.width == 1 || cell.width == 2 else { return false }
                if cell.width == 2 {
                    guard column + 1 < canvas.columns, canvas[row, column + 1].width == 0 else {
                        return false
                    }
                }
                guard isSafe(cell) else { return false }
                column += Int(cell.width)
            }
            guard column == canvas.columns else { return false }
        }
        return true
    }

    private static func isSafe(_ cell: Cell) -> Bool {
        for value in [cell.scalar, cell.firstMark, cell.secondMark] where value != 0 {
            guard let scalar = Unicode.Scalar(value) else { return false }
            switch value {
            case 0..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F,
                0x061C, 0xFEFF, 0xE0000...0xE0FFF:
                return false
            default: break
            }
            if scalar.properties.generalCategory == .format { return false }
        }
        return cell.scalar != 0
    }

    @Test func writingOverHalfOfAWideSignBlanksTheOtherHalf() {
        var canvas = CellCanvas(columns: 6, rows: 1, glyphs: .unicode)
        canvas.write("山田", row: 0, column: 0, style: .plain)
        canvas.write("x", row: 0, column: 1, style: .plain)
        #expect(canvas.text(row: 0) == " x田  ")
        canvas.write("y", row: 0, column: 2, style: .plain)
        #expect(canvas.text(row: 0) == " xy   ")
        canvas.write("山", row: 0, column: 1, style: .plain)
        canvas.write("田", row: 0, column: 2, style: .plain)
        #expect(canvas.text(row: 0) == "  田  ")
        #expect(Self.isWhole(canvas))
    }

    @Test func nothingStandsOutside() {
        var canvas = CellCanvas(columns: 4, rows: 2, glyphs: .unicode)
        for (row, column) in [(-1, 0), (0, -1), (2, 0), (0, 4), (Int.min, Int.max)] {
            canvas.put(0x41, row: row, column: column, style: .plain)
            #expect(canvas.write("abc", row: row, column: column, style: .plain) == 0)
            #expect(canvas[row, column] == .blank)
        }
        #expect(canvas.write("abc", row: 0, column: 0, limit: 0, style: .plain) == 0)
        #expect(canvas.write("abc", row: 0, column: 0, limit: -5, style: .plain) == 0)
        #expect((0..<2).allSatisfy { canvas.text(row: $0) == "    " })
        canvas.drawFrame(Rect(row: -3, column: -3, rows: 100, columns: 100), title: "t", note: "n")
        #expect(Self.isWhole(canvas))
    }

    @Test func aSizeIsCutToItsLimits() {
        let canvas = CellCanvas(columns: .max, rows: .max, glyphs: .ascii)
        #expect(canvas.columns == Limits.canvasColumns)
        #expect(canvas.rows == Limits.canvasRows)
        let none = CellCanvas(columns: -1, rows: 0, glyphs: .ascii)
        #expect(none.columns == 0 && none.rows == 0)
    }

    @Test func aRightAlignedTextEndsAtTheEdge() {
        var canvas = CellCanvas(columns: 8, rows: 1, glyphs: .unicode)
        canvas.write("山7", row: 0, column: 1, limit: 6, style: .plain, alignment: .right)
        #expect(canvas.text(row: 0) == "    山7 ")
        canvas.write("1234567", row: 0, column: 1, limit: 6, style: .plain, alignment: .right)
        #expect(canvas.text(row: 0) == " 12345… ")
    }

    @Test(arguments: 0..<6)
    func anythingWrittenAnywhereLeavesTheCanvasWhole(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        for glyphs in Glyphs.allCases {
            var canvas = CellCanvas(columns: 17, rows: 3, glyphs: glyphs)
            for _ in 0..<250 {
                let scalars = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                    Self.randomScalar(using: &generator)
                }
                var text = ""
                text.unicodeScalars.append(contentsOf: scalars)
                canvas.write(
                    text, row: Int.random(in: -1...3, using: &generator),
                    column: Int.random(in: -2...18, using: &generator),
                    limit: Int.random(in: -1...20, using: &generator), style: .plain,
                    alignment: Bool.random(using: &generator) ? .left : .right)
            }
            #expect(Self.isWhole(canvas))
        }
    }

    static func randomScalar(using generator: inout SplitMix64) -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x9F, 0x20...0x7E, 0xA0...0x36F, 0x590...0x6FF, 0x900...0xE7F, 0x1100...0x11FF,
            0x2000...0x27BF,
            0x3000...0x9FFF, 0xA960...0xD7FF, 0xE000...0xFFFF, 0x1F000...0x1FAFF, 0xE0000...0xE01EF,
            0x10000...0x10FFFF,
        ]
        let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
        return Unicode.Scalar(UInt32.random(in: range, using: &generator)) ?? "?"
    }
}
