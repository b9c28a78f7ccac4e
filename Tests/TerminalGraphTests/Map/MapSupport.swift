import LiveModel

@testable import TerminalGraph

/// What one visitor's pointer did.
struct Stroke {
    var id: String
    var x: Double
    var y: Double
    var kind = "move"
    /// The viewport; 0 is never said.
    var width = 1_280
    var height = 720

    var json: String {
        let size = width > 0 ? #","w":\#(width),"h":\#(height)"# : ""
        return #"{"id":\#(Scene.quoted(id)),"x":\#(x),"y":\#(y),"k":"\#(kind)"\#(size),"p":"/"}"#
    }
}

extension Scene {
    /// One frame with all of `strokes`.
    func draw(_ strokes: [Stroke]) {
        apply(
            "frame",
            #"{"at":\#(at),"samples":[\#(strokes.map(\.json).joined(separator: ","))]}"#)
    }

    func point(_ id: String, _ x: Double, _ y: Double, _ kind: String = "move") {
        draw([Stroke(id: id, x: x, y: y, kind: kind)])
    }

    /// A map over the whole canvas.
    @discardableResult
    func map(
        _ memory: inout MapMemory, options: MapOptions = MapOptions(), selected: Int? = nil,
        rect: Rect? = nil, includes: (Int) -> Bool = { _ in true }
    ) -> [MapSpot] {
        model.advance(now: now)
        canvas.clear()
        let whole = Rect(row: 0, column: 0, rows: canvas.rows, columns: canvas.columns)
        return MapView.draw(
            model, options: options, includes: includes, selected: selected, memory: &memory, on: &canvas,
            rect: rect ?? whole)
    }

    /// The slot of the visitor `id`.
    func slot(of id: String) -> Int? {
        var found: Int?
        model.forEachVisitor { slot, _ in if model.id(of: slot) == id { found = slot } }
        return found
    }

    /// The cells for which `holds` holds, row by row.
    func cells(where holds: (Cell) -> Bool) -> [(row: Int, column: Int)] {
        (0..<canvas.rows).flatMap { row in
            (0..<canvas.columns).filter { holds(canvas[row, $0]) }.map { (row, $0) }
        }
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\0"..<" ":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// Reads dots back from what a plot put onto a canvas.
struct DotReader {
    private var masks: [UInt32: UInt8] = [:]
    let glyphs: Glyphs

    init(_ glyphs: Glyphs) {
        self.glyphs = glyphs
        for mask in 0..<(1 << (glyphs.dotColumns * glyphs.dotRows)) {
            masks[glyphs.dots(UInt8(mask))] = UInt8(mask)
        }
    }

    /// The dots on `canvas`, as (x, y).
    func dots(on canvas: CellCanvas) -> [(x: Int, y: Int)] {
        var dots: [(x: Int, y: Int)] = []
        for row in 0..<canvas.rows {
            for column in 0..<canvas.columns {
                let mask = masks[canvas[row, column].scalar] ?? 0
                for bit in 0..<8 where mask & (1 << UInt8(bit)) != 0 {
                    dots.append(
                        (
                            column * glyphs.dotColumns + bit % glyphs.dotColumns,
                            row * glyphs.dotRows + bit / glyphs.dotColumns
                        ))
                }
            }
        }
        return dots
    }
}
