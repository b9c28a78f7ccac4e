import LiveModel

/// The first line: what this is, how it stands with the server, who is here, what it has seen.
struct HeaderView {
    /// How it stands with the server, in a word.
    struct Link {
        var word: String
        var style: Style
        /// Whether what is shown is not what is.
        var isStale = false
    }

    var link: Link
    /// Monotonic nanoseconds of the picture.
    var now: Int64
    /// The view, where nothing else names it.
    var view: MonitorView?
    /// For how long the picture has been held; nil where it is not.
    var heldSeconds: Int64?
    var totalsAreElsewhere = false

    init(link: Link, now: Int64) {
        self.link = link
        self.now = now
    }

    func draw(_ model: borrowing LiveModel, on canvas: inout CellCanvas, row: Int) {
        var line = LineOfParts()
        line.addLeft(weight: 10, (view?.title ?? "pointerscope", .title))
        if let heldSeconds {
            let since = heldSeconds < 1 ? "" : " for \(Figures.uptime(seconds: Int(heldSeconds)))"
            line.addLeft(weight: 12, ("paused\(since)", .caution))
        }
        line.addLeft(weight: 11, (canvas.glyphs.light, link.style), (" \(link.word)", link.style))
        let visitors = model.visitorCount
        let figure = link.isStale ? Style.faint : .strong
        line.addLeft(
            weight: 9, (Figures.count(visitors), figure), (" \(Figures.noun("visitor", visitors))", .faint))
        line.addLeft(weight: 8, (Figures.rate(model.samplesPerSecond), figure), ("/s", .faint))
        let viewers = model.status.viewers
        line.addLeft(
            weight: 7, (Figures.count(viewers), figure), (" \(Figures.noun("viewer", viewers))", .faint))
        addSampling(model.status.sampling, to: &line)
        // Where the panel of the workers has room below them, the totals stand there.
        if !totalsAreElsewhere {
            for (index, total) in model.status.totals.prefix(3).enumerated() {
                let value = Figures.count(Int(exactly: total.value.rounded()) ?? 0)
                line.addRight(
                    weight: 5 - index, ("\(TotalWords.words(for: total.name)) ", .faint), (value, .plain))
            }
        }
        if let uptime = model.uptimeSeconds(now: now) {
            line.addRight(weight: 6, ("up ", .faint), (Figures.uptime(seconds: uptime), .plain))
        }
        let margin = canvas.columns >= 60 ? 1 : 0
        line.draw(on: &canvas, row: row, column: margin, columns: canvas.columns - 2 * margin)
    }

    /// How often visitors are asked to sample: that it is less than could be shown is worth more room.
    private func addSampling(_ sampling: SamplingStatus?, to line: inout LineOfParts) {
        guard let sampling else { return }
        let rate = "\(Figures.count(sampling.rate)) Hz"
        if sampling.isHeldBack {
            line.addLeft(
                weight: 7, ("sampled at ", .faint), (rate, .caution), (", \(sampling.why)", .caution))
        } else {
            line.addLeft(weight: 2, ("sampled at ", .faint), (rate, .plain))
        }
    }

    /// A server that is there says something every second; one that is silent for three is in trouble.
    static func link(_ model: borrowing LiveModel, now: Int64) -> Link {
        switch model.link {
        case .connecting: return Link(word: "connecting", style: .caution)
        case .reconnecting(let attempt):
            let wait = model.secondsToRetry(now: now).map { $0 > 0 ? " in \($0) s" : " now" } ?? ""
            return Link(word: "reconnecting (\(attempt))\(wait)", style: .bad, isStale: true)
        case .ended: return Link(word: "ended", style: .bad, isStale: true)
        case .live:
            guard let silence = model.secondsOfSilence(now: now), silence >= 3 else {
                return Link(word: "live", style: .good)
            }
            return Link(
                word: "silent \(Figures.age(seconds: Int64(silence)))", style: .caution, isStale: true)
        }
    }
}
