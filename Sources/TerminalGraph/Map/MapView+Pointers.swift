import LiveModel

/// Pointers and their names.
extension MapView {
    /// Puts a sign where each pointer is; where several share a cell, one that is the brighter the more.
    static func drawPointers(
        _ model: borrowing LiveModel, options: MapOptions, selected: Int?, memory: inout MapMemory,
        on canvas: inout CellCanvas
    ) {
        memory.gatherCrowds(now: model.nowMilliseconds, selected: selected)
        // Eight hues tell nobody from so many, and each other colour costs more than its sign.
        let isCrowded = memory.pointers.count > Limits.mapHuePointers
        let page = memory.page.rect
        for index in memory.pointers.indices {
            let cell = memory.cell(of: index)
            let crowd = memory.crowds[cell]
            guard crowd.foremost == index else { continue }
            let slot = memory.pointers[index].slot
            let row = page.row + cell / page.columns
            let column = page.column + cell % page.columns
            let isChosen = slot == selected
            let hue = isCrowded ? 0 : Int(memory.places[slot].serial)
            if isChosen {
                canvas.put(canvas.glyphs.chosenPointer, row: row, column: column, style: .strong)
                canvas.highlight(row: row, column: column, columns: 1)
            } else if crowd.pointers > 1 {
                canvas.put(
                    canvas.glyphs.crowd(crowd.pointers), row: row, column: column, style: heat(of: crowd))
            } else if memory.places[slot].samples > 0 {
                canvas.put(canvas.glyphs.pointer, row: row, column: column, style: .hue(hue, age: 0))
            } else {
                canvas.put(canvas.glyphs.restingPointer, row: row, column: column, style: .hue(hue, age: 2))
            }
            memory.labels.block(row: row, column: column)
            memory.spots.append(MapSpot(row: row, column: column, columns: 1, slot: slot))
        }
    }

    /// Two are something, and every doubling is a step more; where nobody moves it is two steps less.
    static func heat(of crowd: MapMemory.Crowd) -> Style {
        let doublings = Int.bitWidth - max(crowd.pointers - 1, 0).leadingZeroBitCount
        return .heat(step: doublings + (crowd.moving > 0 ? 2 : 0))
    }

    /// Writes names, or ids, beside pointers, the most important first, as long as there are places.
    static func drawLabels(
        _ model: borrowing LiveModel, selected: Int?, memory: inout MapMemory, on canvas: inout CellCanvas,
        plot: Rect
    ) {
        memory.chooseNames()
        let page = memory.page.rect
        let widest = min(Limits.mapLabelColumns, max(plot.columns / 3, 3))
        // Where there is hardly room for pointers, only one name is worth it.
        let isTiny = widest < Limits.mapLabelColumns / 2
        for index in memory.named where !isTiny || memory.pointers[index].slot == selected {
            let slot = memory.pointers[index].slot
            let cell = memory.cell(of: index)
            let others = memory.crowds[cell].pointers - 1
            let more = others > 0 ? " +\(min(others, 9_999))" : ""
            let id = model.label(of: slot)
            let idColumns = min(SafeText.width(of: id, glyphs: canvas.glyphs, upTo: widest), widest)
            let columns = idColumns + more.utf8.count
            let known = memory.places[slot]
            let isKnown = known.labelPicture == picture(before: memory) && known.labelSerial == known.serial
            guard
                let place = memory.labels.place(
                    columns: columns, row: page.row + cell / page.columns,
                    column: page.column + cell % page.columns, preferring: isKnown ? known.side : nil)
            else { continue }
            memory.places[slot].labelPicture = memory.picture
            memory.places[slot].labelSerial = known.serial
            memory.places[slot].side = place.side
            let isMoving = known.samples > 0
            let hue = memory.pointers.count > Limits.mapHuePointers ? 0 : Int(known.serial)
            let style: Style = slot == selected ? .strong : isMoving ? .hue(hue, age: 0) : .faint
            clear(place.column - 1, row: place.row, on: &canvas, plot: plot)
            clear(place.column + columns, row: place.row, on: &canvas, plot: plot)
            let end =
                place.column
                + canvas.write(id, row: place.row, column: place.column, limit: idColumns, style: style)
            canvas.write(more, row: place.row, column: end, style: .faint)
            if slot == selected { canvas.highlight(row: place.row, column: place.column, columns: columns) }
            memory.spots.append(MapSpot(row: place.row, column: place.column, columns: columns, slot: slot))
        }
    }

    /// Takes a trail away that would touch a text; the placer saw to it that nothing else stands there.
    private static func clear(_ column: Int, row: Int, on canvas: inout CellCanvas, plot: Rect) {
        guard column >= plot.column, column < plot.endColumn, canvas[row, column].style != .border else {
            return
        }
        canvas.put(0x20, row: row, column: column, style: .plain)
    }

    private static func picture(before memory: borrowing MapMemory) -> UInt32 { memory.picture &- 1 }
}

extension MapMemory {
    /// The cell of the page that pointer `index` is in.
    func cell(of index: Int) -> Int { plot.cell(of: pointers[index].position) }

    /// Counts who shares a cell, and finds out who matters most there.
    mutating func gatherCrowds(now: Int64, selected: Int?) {
        for index in pointers.indices {
            let slot = pointers[index].slot
            let place = places[slot]
            // Samples of the trail first, among those at rest who moved last; and whose id was there before,
            // so that two who are much alike do not take turns.
            let rest = Double(max(now - pointers[index].lastMilliseconds, 0)) / 1_000
            var weight = Double(place.samples) + 1 / (1 + rest)
            if place.labelPicture == picture &- 1, place.labelSerial == place.serial {
                weight = weight * 2 + 1
            }
            if slot == selected { weight = .infinity }
            pointers[index].weight = weight
            let cell = cell(of: index)
            crowds[cell].pointers += 1
            if place.samples > 0 { crowds[cell].moving += 1 }
            if weight > crowds[cell].weight {
                crowds[cell].weight = weight
                crowds[cell].foremost = index
            }
        }
    }

    /// Chooses whose ids are tried: of each cell the foremost, of these the weightiest, in that order.
    mutating func chooseNames() {
        named.removeAll(keepingCapacity: true)
        let most = min(max(plot.columns * plot.rows / Limits.labelCells, 6), Limits.mapLabels)
        // A heap with the least weighty at its top, so that nobody else has to be sorted.
        for index in pointers.indices where crowds[cell(of: index)].foremost == index {
            if named.count < most {
                named.append(index)
                var child = named.count - 1
                while child > 0, isLess(named[child], named[(child - 1) / 2]) {
                    named.swapAt(child, (child - 1) / 2)
                    child = (child - 1) / 2
                }
            } else if isLess(named[0], index) {
                named[0] = index
                sink(count: named.count)
            }
        }
        // The heap is emptied from its top, so that the weightiest come first in the end.
        var end = named.count - 1
        while end > 0 {
            named.swapAt(0, end)
            sink(count: end)
            end -= 1
        }
    }

    private func isLess(_ one: Int, _ other: Int) -> Bool {
        let (left, right) = (pointers[one].weight, pointers[other].weight)
        return left != right ? left < right : one > other
    }

    private mutating func sink(count: Int) {
        var parent = 0
        while true {
            var least = parent
            for child in [parent * 2 + 1, parent * 2 + 2]
            where child < count && isLess(named[child], named[least]) {
                least = child
            }
            guard least != parent else { return }
            named.swapAt(parent, least)
            parent = least
        }
    }
}
