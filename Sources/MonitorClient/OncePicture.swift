import ByteCore
import Glibc
import LiveModel
import PosixIO
import TerminalGraph

/// A view as lines of text: what `--once` prints.
enum OncePicture {
    private static let standardColumns = 80
    private static let standardRows = 24

    static func append(
        _ model: inout LiveModel, url: String?, _ drawing: DrawingSettings, now: Int64,
        to text: inout ByteBuffer
    ) {
        var configuration = Monitor.Configuration()
        configuration.title = url
        drawing.firstLook.adopt(into: &configuration)
        var monitor = Monitor(configuration)
        let size = size()
        var canvas = CellCanvas(columns: size.columns, rows: size.rows, glyphs: drawing.traits.glyphs)
        monitor.draw(&model, on: &canvas, now: now)
        for row in 0..<canvas.rows {
            let line = canvas.text(row: row)
            let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
            text.append(text: String(line[..<end]) + "\n")
        }
    }

    /// `COLUMNS` and `LINES`, else the terminal's size, else 80x24; never too small for a picture.
    private static func size() -> (columns: Int, rows: Int) {
        var window = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0
        func pick(_ name: String, _ terminal: UInt16, _ standard: Int) -> Int {
            if let wanted = ProcessEnvironment.value(of: name).flatMap({ Int($0) }), wanted > 0 {
                return wanted
            }
            return isKnown && terminal > 0 ? Int(terminal) : standard
        }
        return (
            max(pick("COLUMNS", window.ws_col, standardColumns), Monitor.leastColumns),
            max(pick("LINES", window.ws_row, standardRows), Monitor.leastRows)
        )
    }
}
