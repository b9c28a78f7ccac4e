import LiveModel
import Testing

@testable import TerminalGraph

/// Anybody at the keyboard, anything on the wire, any size of terminal.
@Suite struct MonitorFuzzTests {
    init() { #expect(TestLocale.isUTF8) }

    @Test(arguments: 0..<6)
    func nothingBreaksThePicture(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed) &* 7_919)
        var configuration = Monitor.Configuration()
        configuration.canDetach = seed.isMultiple(of: 2)
        configuration.quitting = seed % 3 == 0 ? .leaves : .stopsServer
        configuration.title = seed % 3 == 1 ? "http://\u{1B}[2J山:2112/\u{202E}" : nil
        configuration.settings = MonitorSettings(parsing: "view = \(MonitorView.allCases[seed % 6].rawValue)")
        let scene = Scene(columns: 80, rows: 24, glyphs: Glyphs.allCases[seed % Glyphs.allCases.count])
        scene.monitor = Monitor(configuration)
        for step in 0..<220 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: resize(scene, &random)
            case 1...6: hear(scene, &random)
            case 7: scene.pass(milliseconds: Int64.random(in: 0...3_000, using: &random))
            case 8:
                scene.model.link = [.live, .connecting, .ended, .reconnecting(attempt: .max)].randomElement(
                    using: &random)!
            default: for _ in 0..<3 { act(scene, &random) }
            }
            scene.draw()
            #expect(CellCanvasTests.isWhole(scene.canvas), "seed \(seed), step \(step)")
            if scene.canvas.glyphs == .ascii {
                let isASCII = scene.picture.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) }
                #expect(isASCII, "seed \(seed), step \(step)")
            }
        }
    }

    private static let figures = ["0", "-1", "1e308", "-1e308", "9e18", "0.5", "390", "1e-300", "812"]

    private func resize(_ scene: Scene, _ random: inout SeededGenerator) {
        let isLarge = Int.random(in: 0..<8, using: &random) == 0
        scene.canvas = CellCanvas(
            columns: Int.random(in: 1...(isLarge ? 300 : 90), using: &random),
            rows: Int.random(in: 1...(isLarge ? 100 : 30), using: &random),
            glyphs: Glyphs.allCases.randomElement(using: &random)!)
    }

    private func act(_ scene: Scene, _ random: inout SeededGenerator) {
        let input: TerminalInput
        switch Int.random(in: 0..<10, using: &random) {
        case 0...1:
            let actions: [MouseEvent.Action] = [
                .press(.left), .press(.left), .press(.right), .release, .wheelUp, .wheelDown,
            ]
            let isFar = Int.random(in: 0..<10, using: &random) == 0
            input = .mouse(
                MouseEvent(
                    actions.randomElement(using: &random)!,
                    row: isFar ? .max : Int.random(in: -1...scene.canvas.rows, using: &random),
                    column: isFar ? .min : Int.random(in: -1...scene.canvas.columns, using: &random)))
        case 2: input = .key(.character(CellCanvasTests.randomScalar(using: &random)))
        case 3: input = .paste(CellCanvasTests.randomScalar(using: &random))
        case 4: input = .key(.character(Unicode.Scalar(UInt8.random(in: 0x20..<0x7F, using: &random))))
        default: input = .key(KeyTable.bindings.flatMap(\.keys).randomElement(using: &random)!)
        }
        let before = scene.monitor.settings
        let command = scene.monitor.receive(input, &scene.model, now: scene.now)
        if command == .detach { #expect(scene.monitor.configuration.canDetach) }
        if command == .none { #expect(scene.monitor.settings == before) }
        #expect(MonitorSettings(parsing: scene.monitor.settings.text) == scene.monitor.settings)
    }

    private func hear(_ scene: Scene, _ random: inout SeededGenerator) {
        let id = Scene.quoted(text(upTo: Int.random(in: 1...64, using: &random), &random))
        let page = Scene.quoted(text(upTo: 200, &random))
        func figure() -> String { Self.figures.randomElement(using: &random)! }
        switch Int.random(in: 0..<8, using: &random) {
        case 0...1:
            scene.apply(
                "frame",
                #"{"at":\#(scene.at),"joins":[{"id":\#(id),"since":\#(scene.at),"worker":\#(figure())}]}"#)
        case 2: scene.apply("frame", #"{"at":\#(scene.at),"leaves":[\#(id),"a"]}"#)
        case 3...5:
            let names = ["a", "b", "山", "\u{202E}"].map { Scene.quoted($0) } + [id]
            let kinds = ["move", "click", "scroll", "enter", "nonsense"]
            let samples = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                #"{"id":\#(names.randomElement(using: &random)!),"x":\#(figure()),"y":\#(figure()),"w":\#(figure()),"h":\#(figure()),"#
                    + #""b":\#(figure()),"k":"\#(kinds.randomElement(using: &random)!)","p":\#(page)}"#
            }
            let joins = names.map { #"{"id":\#($0),"since":0}"# }
            scene.apply(
                "frame",
                #"{"at":\#(scene.at),"joins":[\#(joins.joined(separator: ","))],"samples":[\#(samples.joined(separator: ","))]}"#
            )
        case 6: scene.apply("status", status(&random))
        default:
            scene.apply(
                "keyframe",
                #"{"at":\#(scene.at),"visitors":[{"id":\#(id),"since":\#(figure()),"rate":\#(figure()),"x":\#(figure()),"y":1}]}"#
            )
        }
    }

    private func status(_ random: inout SeededGenerator) -> String {
        func figure() -> String { Self.figures.randomElement(using: &random)! }
        let word = Scene.quoted(text(upTo: 150, &random))
        let workers = (0..<Int.random(in: 0...40, using: &random)).map {
            #"{"pid":\#($0),"state":\#(word),"connections":\#(figure()),"rate":\#(figure()),"rss":\#(figure()),"cpu":\#(figure()),"folded":\#(figure())}"#
        }
        let audience = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            #"{"name":\#(word),"shape":\#(word),"hz":\#(figure()),"behind":\#(figure()),"sent":\#(figure()),"age":\#(figure()),"idle":\#(figure())}"#
        }
        let hop = #"{"p50":\#(figure()),"p99":\#(figure()),"max":\#(figure())}"#
        let log = (0..<30).map { _ in #"{"event":\#(word),"time":"2026-11-20T16:00:00.123Z","why":\#(word)}"#
        }
        return
            #"{"workers":[\#(workers.joined(separator: ","))],"viewers":\#(figure()),"uptime":\#(figure()),"#
            + #""totals":{\#(word):\#(figure())},"ingest":\#(word),"http":\#(word),"audience":[\#(audience.joined(separator: ","))],"#
            + #""latency":{"relayed":\#(hop),"encoded":\#(hop)},"refused":{\#(word):\#(figure()),"x":\#(figure())},"#
            + #""log":[\#(log.joined(separator: ","))]}"#
    }

    private func text(upTo limit: Int, _ random: inout SeededGenerator) -> String {
        var text = ""
        while true {
            let scalar = CellCanvasTests.randomScalar(using: &random)
            if text.utf8.count + String(scalar).utf8.count > limit { break }
            text.unicodeScalars.append(scalar)
        }
        return text.isEmpty ? "x" : text
    }
}
