import LiveModel
import Testing

@testable import TerminalGraph

/// Colours say what is wrong, and nothing is orange at rest.
@Suite struct CalmTests {
    init() { #expect(TestLocale.isUTF8) }

    private func styles(of scene: Scene, rows: Range<Int>? = nil) -> [Style: [String]] {
        var found: [Style: [String]] = [:]
        for row in rows ?? 0..<scene.canvas.rows {
            for column in 0..<scene.canvas.columns where scene.canvas[row, column].scalar > 0x20 {
                let scalar = Unicode.Scalar(scene.canvas[row, column].scalar).map(String.init) ?? ""
                found[scene.canvas[row, column].style, default: []].append(scalar)
            }
        }
        return found
    }

    /// A server at rest: nobody died, nothing is refused, everything in its time.
    private static let rest =
        #"{"workers":[{"pid":12,"state":"running","connections":1,"rate":0,"restarts":0,"rss":5000000,"cpu":0,"#
        + #""folded":0,"received":0}],"viewers":1,"uptime":9,"totals":{"received":0,"lost":0},"#
        + #""audience":[{"name":"wall","shape":"frames","hz":10,"behind":0,"conflated":0,"sent":9,"age":9,"idle":0}],"#
        + #""latency":{"relayed":{"p50":0.1,"p99":0.6,"max":2},"encoded":{"p50":50,"p99":104,"max":109}},"#
        + #""refused":{"origin":0,"1008":0},"log":[]}"#

    @Test(arguments: MonitorView.allCases, [Glyphs.unicode, .ascii])
    func nothingIsOrangeAtRest(view: MonitorView, glyphs: Glyphs) {
        for (columns, rows) in [(40, 10), (80, 24), (200, 50)] {
            let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
            scene.model.link = .live
            scene.join("ana")
            scene.send(1, from: "ana")
            for _ in 0..<130 {
                scene.apply("status", Self.rest)
                scene.pass(milliseconds: 1_000)
            }
            Demo.show(view, on: scene)
            let found = styles(of: scene)
            #expect(found[.caution] == nil, "\(view) \(columns)x\(rows): \(found[.caution] ?? [])")
            #expect(found[.bad] == nil)
            // Memory that does not move is no heat; a page where everybody is, is.
            guard view != .pages else { continue }
            #expect(found[.heat7] == nil && found[.heat6] == nil, "\(view) \(columns)x\(rows)")
        }
    }

    @Test func delaysAreHeldAgainstWhatIsUsual() {
        func judgement(_ hz: [Int], fps: Int = 10) -> DelayJudgement {
            var status = ServerStatus()
            status.audience = hz.map {
                var member = AudienceMember()
                member.hz = $0
                return member
            }
            return DelayJudgement(status, picturesPerSecond: fps)
        }
        let usual = judgement([])
        #expect(usual.style(of: 50, .encoded) == .good && usual.style(of: 110, .encoded) == .good)
        #expect(usual.style(of: 200, .encoded) == .plain && usual.style(of: 400, .encoded) == .caution)
        #expect(usual.style(of: 4_000, .encoded) == .bad)
        #expect(usual.style(of: 0.5, .relayed) == .good && usual.style(of: 60, .relayed) == .plain)
        #expect(usual.style(of: 200, .relayed) == .caution && usual.style(of: 600, .relayed) == .bad)
        // One viewer who gets a frame a second has each sample wait for it.
        #expect(judgement([60, 1, 0]).style(of: 1_100, .encoded) == .good)
        #expect(judgement([60]).style(of: 110, .encoded) == .caution)
        #expect(usual.style(of: 120, .shown) == .good && usual.style(of: 290, .shown) == .plain)
        #expect(judgement([], fps: 1).style(of: 1_100, .shown) == .good)
        #expect(judgement([1_000_000], fps: 0).style(of: 1, .encoded) == .good)
    }

    @Test func whatWasRefusedLongAgoIsNoTrouble() {
        let scene = Scene(columns: 80, rows: 24)
        scene.model.link = .live
        scene.join("ana")
        func tell(_ count: Int) {
            scene.apply("status", Self.rest.replacing(#""origin":0"#, with: #""origin":\#(count)"#))
            scene.pass(milliseconds: 1_000)
            Demo.show(.health, on: scene)
        }
        func style() -> Style {
            guard let (row, _) = scene.find("origin") else { return .bad }
            let figures = (50..<79).filter { scene.canvas[row, $0].scalar == 0x37 }
            return figures.first.map { scene.canvas[row, $0].style } ?? .bad
        }
        tell(7)
        #expect(style() == .plain)
        tell(17)
        #expect(style() == .caution)
        for _ in 0..<61 { tell(17) }
        #expect(style() == .plain)
    }

    @Test func theChosenRowIsOneBar() {
        for name in Theme.names {
            for depth in [ColorDepth.sixteen, .none] {
                let palette = Palette(theme: Theme.named(name) ?? .dark, depth: depth)
                #expect(palette.highlighted.allSatisfy { $0 == palette.highlighted[0] })
                #expect(palette.highlighted[0].isReversed)
            }
        }
    }

    @Test func oneWayOfNaming() {
        let scene = Demo.scene(.map, columns: 80, rows: 24)
        #expect(scene.lines[2].contains("9 pointers") || scene.lines[2].contains("8 pointers"))
        #expect(!scene.lines[2].contains("names off"))
        scene.press(.character("n"))
        #expect(scene.lines[2].contains("names off"))
        scene.press(.character("1"), .character("s"), .character("s"))
        scene.press(.character(":"))
        scene.type("sort here")
        scene.press(.enter)
        #expect(scene.monitor.settings.order == .since && scene.status.contains("by here"))
        scene.press(.character(":"))
        scene.type("sort last")
        scene.press(.enter)
        #expect(scene.monitor.settings.order == .last && scene.status.contains("by seen"))
        scene.press(.character("2"), .character(":"))
        scene.type("sort page")
        scene.press(.enter)
        #expect(scene.monitor.settings.order == .page)
        let visitor = Demo.scene(.visitor, columns: 120, rows: 40)
        #expect(visitor.picture.contains("in, out") && !visitor.picture.contains("borders"))
    }

    @Test func everyOrderIsNamedByItsHead() {
        for view in MonitorView.allCases {
            for word in ListOrder.words(in: view) { #expect(ListOrder(word, in: view) != nil) }
            #expect(ListOrder("nothing", in: view) == nil && ListOrder("", in: view) == nil)
        }
        for kind in VisitorColumns.Kind.allCases where kind != .sparkline {
            if let order = kind.order { #expect(order.word == kind.head) }
        }
        #expect(ListOrder("last", in: .map) == .visitors(.last))
        #expect(ListOrder("CPU", in: .workers) == .workers(.cpu))
        #expect(ListOrder.words(in: .health).isEmpty)
    }

    @Test func thereIsMoreOnLargeScreens() {
        let scene = Demo.scene(.health, columns: 200, rows: 50)
        for text in ["relayed p99, ms", "encoded p99, ms", "refused/s", "delivered/s", "─ incidents ─"] {
            #expect(scene.find(text) != nil, "\(text)")
        }
        #expect(scene.picture.contains("worker 4241 was killed by signal 9; 4243 took its place"))
        // Twelve pages and still what goes on on one of them.
        let pages = Scene.crowd(12, columns: 80, rows: 24)
        pages.press(.character("4"))
        #expect(pages.find("visitors of / ") != nil)
        for (columns, rows) in [(60, 20), (80, 24), (120, 40), (119, 60), (200, 50), (300, 100)] {
            for viewers in 0...40 {
                let body = MonitorFrame(columns: columns, rows: rows, hasWarning: viewers % 2 == 0).body
                let layout = HealthLayout(body: body, hasLines: true, viewers: viewers)
                #expect(layout.log.endRow == body.endRow && layout.log.rows >= 3)
                #expect(layout.charts.isEmpty || layout.charts.endRow == layout.log.row)
            }
        }
    }
}
