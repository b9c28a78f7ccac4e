import LiveModel
import PointerEvents

/// From the model to dots.
extension MapMemory {
    /// Finds out who is drawn and what their viewports are like.
    mutating func lookAtEveryone(_ model: borrowing LiveModel, includes: (Int) -> Bool) {
        pointers.removeAll(keepingCapacity: true)
        moving = 0
        let rest = model.nowMilliseconds - MapView.restMilliseconds
        proportions.begin(now: model.nowMilliseconds)
        model.forEachVisitor { slot, visitor in
            guard visitor.hasPosition, visitor.kind != .leave, !visitor.x.isNaN, !visitor.y.isNaN,
                includes(slot)
            else { return }
            proportions.see(visitor, in: slot)
            if visitor.lastMilliseconds > rest { moving += 1 }
            // Where exactly is known when everyone has been seen.
            pointers.append(
                Pointer(
                    slot: slot, position: PlotCanvas.Position(x: visitor.x, y: visitor.y),
                    lastMilliseconds: visitor.lastMilliseconds))
        }
        proportions.end()
    }

    /// Finds a place for the page and blanks it.
    mutating func layOut(options: MapOptions, lens: MapLens, plot rect: Rect, glyphs: Glyphs) {
        let wanted = MapPage.fit(aspect: proportions.aspect(options.scale), into: rect)
        if rect != pagePlot || options.scale != pageScale || !wanted.isNear(fitted) { fitted = wanted }
        frame = MapFrame(fitted: fitted.rect, plot: rect, lens: lens)
        page = MapPage(rect: frame.page)
        wholeWidth = Double(frame.whole.columns * glyphs.dotColumns)
        wholeHeight = Double(frame.whole.rows * glyphs.dotRows)
        left = Double((page.rect.column - frame.whole.column) * glyphs.dotColumns)
        top = Double((page.rect.row - frame.whole.row) * glyphs.dotRows)
        pagePlot = rect
        pageScale = options.scale
        plot.reset(columns: page.rect.columns, rows: page.rect.rows, glyphs: glyphs)
        crowds.removeAll(keepingCapacity: true)
        crowds.append(contentsOf: repeatElement(Crowd(), count: plot.columns * plot.rows))
        ripples.removeAll(keepingCapacity: true)
        rippleCount = 0
        picture &+= 1
    }

    /// Gives every visitor its scale and its dot; who is beyond the page stands at its edge, and who is in a
    /// part of it that is not seen is left out.
    mutating func placeEveryone(_ model: borrowing LiveModel, options: MapOptions) {
        let last = pointers.lazy.map(\.slot).max() ?? -1
        if last >= places.count {
            places.append(contentsOf: repeatElement(Place(), count: last + 1 - places.count))
        }
        let right = wholeWidth.nextDown
        let bottom = wholeHeight.nextDown
        for index in pointers.indices {
            let slot = pointers[index].slot
            guard let visitor = model.visitor(in: slot) else { continue }
            let size = options.scale == .pixels ? proportions.extent : proportions.size(of: visitor)
            places[slot].picture = picture
            places[slot].serial = visitor.serial
            places[slot].across = wholeWidth / size.width
            places[slot].down = wholeHeight / size.height
            places[slot].hasLast = false
            places[slot].samples = 0
            pointers[index].position.x = min(max(visitor.x * places[slot].across, 0), right) - left
            pointers[index].position.y = min(max(visitor.y * places[slot].down, 0), bottom) - top
        }
        guard frame.whole != page.rect else { return }
        let (width, height) = (Double(plot.width), Double(plot.height))
        pointers.removeAll {
            $0.position.x < 0 || $0.position.y < 0 || $0.position.x >= width || $0.position.y >= height
        }
        let rest = model.nowMilliseconds - MapView.restMilliseconds
        moving = pointers.count { $0.lastMilliseconds > rest }
    }

    /// What is known of the visitor in `slot` if it is in this picture.
    func place(of slot: Int) -> Place? {
        slot >= 0 && slot < places.count && places[slot].picture == picture ? places[slot] : nil
    }

    /// How much of a trail of `whole` milliseconds is drawn: less where so many move that trails would hide
    /// everything, and none where pointers themselves are enough.
    func trail(of whole: Int64) -> Int64 {
        let room = Double(plot.columns * plot.rows) / Double(max(moving, 1) * Limits.trailCells)
        guard room < 1 else { return whole }
        let tenths = Int64(Double(whole) * room) / 100
        return tenths >= 2 ? tenths * 100 : 0
    }

    /// Plots one sample's piece of a trail, and keeps it in mind if it is a click that still spreads.
    @inline(__always)
    mutating func follow(_ point: TracePoint, _ trails: Trails) {
        let slot = point.slot
        guard slot >= 0, slot < places.count, places[slot].picture == picture,
            places[slot].serial == point.serial
        else { return }
        let age = max(trails.now - point.atMilliseconds, 0)
        let isChosen = slot == trails.chosen
        let trail = isChosen ? trails.chosenMilliseconds : trails.milliseconds
        if age < MapView.restMilliseconds { places[slot].samples &+= 1 }
        let isRipple = point.kind == .click && age < MapView.rippleMilliseconds
        guard age < trail || isRipple else { return }
        let position = PlotCanvas.Position(
            x: Double(point.x) * places[slot].across - left, y: Double(point.y) * places[slot].down - top)
        if isRipple { keep(Ripple(position: position, ageMilliseconds: age)) }
        guard age < trail else { return }
        guard point.kind != .leave else {
            places[slot].hasLast = false
            return
        }
        // Where a pointer comes back to a page there is no way from before.
        let start = places[slot].hasLast && point.kind != .enter ? places[slot].last : position
        let step = min(Int(age * 3 / max(trail, 1)), 2)
        let layer = (isChosen ? MapView.Layer.chosenTrail : MapView.Layer.trail) + UInt8(2 - step)
        plot.line(from: start, to: position, style: .hue(Int(point.serial), age: step), priority: layer)
        places[slot].last = position
        places[slot].hasLast = true
    }

    private mutating func keep(_ ripple: Ripple) {
        if ripples.count < Limits.ripples {
            ripples.append(ripple)
        } else {
            ripples[rippleCount % Limits.ripples] = ripple
        }
        rippleCount &+= 1
    }
}
