import LiveModel

/// The path of one visitor, and what it did.
extension Monitor {
    /// What of the path is looked at.
    var pathLook: PathLook {
        PathLook(
            seconds: settings.pathSeconds, clearedMilliseconds: path.clearedMilliseconds,
            span: settings.view == .visitor ? span : nil, act: path.act)
    }

    /// What somebody did to the path that is shown; another visitor's begins anew.
    struct PathHands: Equatable, Sendable {
        /// The act that is chosen, by its number.
        var act: Int?
        /// Whether the list goes where that act goes, and where it was in the last picture.
        var followsAct = false
        var place: Int?
        /// Hub epoch milliseconds when it was cleared.
        var clearedMilliseconds: Int64?
    }

    mutating func performOnPath(_ action: MonitorAction, _ model: borrowing LiveModel) {
        switch action {
        case .pathWindow(let steps):
            span = nil
            let windows = PathLook.windows
            let place = (windows.firstIndex(of: settings.pathSeconds) ?? 0) + steps
            settings.pathSeconds = windows[min(max(place, 0), windows.count - 1)]
        case .clearPath:
            span = nil
            path = PathHands(clearedMilliseconds: model.nowMilliseconds)
            events = ListWindow()
        default: break
        }
    }

    /// Chooses the act that `motion` leads to.
    mutating func moveAct(_ motion: MonitorAction.Motion, _ model: borrowing LiveModel) {
        let look = pathLook
        events.fit(rows: events.rows, total: look.actCount(model))
        choose(act: model.followedAct(ago: events.place(motion, from: look.place(model)))?.number, model)
    }

    mutating func choose(act number: Int?, _ model: borrowing LiveModel) {
        guard let number else { return }
        path.act = number
        path.followsAct = true
        path.place = pathLook.place(model)
        if let place = path.place { events.reveal(place) }
    }

    mutating func scrollEvents(_ motion: MonitorAction.Motion) {
        path.followsAct = false
        events.scroll(motion)
    }

    /// Keeps the act that is chosen where it is under the eye, while newer ones come above it.
    mutating func followAct(_ model: borrowing LiveModel) {
        guard path.followsAct, let place = pathLook.place(model) else { return }
        events.fit(rows: events.rows, total: pathLook.actCount(model))
        if let last = path.place { events.scroll(by: place - last) }
        events.reveal(place)
        path.place = place
    }
}
