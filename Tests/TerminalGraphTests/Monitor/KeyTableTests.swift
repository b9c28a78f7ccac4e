import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct KeyTableTests {
    init() { #expect(TestLocale.isUTF8) }

    private static let places: [KeyPlaces] =
        MonitorView.allCases.map { KeyPlaces($0) } + [
            .prompt, .help, .question, .command, .menu, .popup, .card,
        ]

    @Test func noKeyMeansTwoThings() {
        for place in Self.places {
            var seen: [Key] = []
            for key in KeyTable.bindings.filter({ $0.places.contains(place) }).flatMap(\.keys) {
                #expect(!seen.contains(key), "\(key) at \(place.rawValue)")
                seen.append(key)
            }
            #expect(!seen.isEmpty)
        }
        #expect(KeyTable.bindings.allSatisfy { !$0.keys.isEmpty && !$0.does.isEmpty && !$0.places.isEmpty })
    }

    /// A scene in which there is something to do for every key of `place`.
    private func scene(at place: KeyPlaces) -> Scene {
        var configuration = Monitor.Configuration()
        configuration.canDetach = true
        configuration.quitting = .stopsServer
        configuration.settings.chartSecondsPerColumn = 2
        configuration.settings.chartTop = 100
        let scene = Scene.crowd(columns: 60, rows: 20, configuration)
        if let view = MonitorView.allCases.first(where: { KeyPlaces($0) == place }) {
            scene.monitor.show(filter: "v page:/ id:v")
            scene.draw()
            scene.hit([
                .down, .down, .down, .character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))),
            ])
            scene.draw()
            if view == .visitor { scene.hit([.character("h")]) }
            if view == .visitor { scene.draw() }
            // Neither the closest nor the whole.
            if view == .map { scene.press(.character("+")) }
            // Into the middle of every list, so that it can move both ways.
            scene.hit([.end, .control("U"), .control("U")])
            scene.draw()
            return scene
        }
        switch place {
        case .prompt:
            scene.press(.character("/"))
            scene.type("v1 v2")
            scene.press(.left)
        case .help: scene.press(.character("?"), .pageDown)
        case .command:
            scene.press(.character(":"))
            scene.type("view ma")
            scene.press(.left)
        case .popup: scene.press(.character("2"), .character("m"), .down, .down)
        case .card:
            scene.apply("status", Demo.status(second: 9))
            scene.press(.character("6"))
            scene.click("phone")
        case .menu: scene.press(.character("e"), .down, .down)
        default: scene.press(.character("q"))
        }
        return scene
    }

    @Test func everyEntryDoesSomethingWhereItHolds() {
        for place in Self.places {
            for binding in KeyTable.bindings where binding.places.contains(place) {
                // Keys of one entry are looked up alike: the first speaks for them.
                for key in binding.keys.prefix(1) {
                    let scene = scene(at: place)
                    #expect(scene.monitor.place == place)
                    if case .show(let view) = binding.action, view == scene.view { continue }
                    let before = scene.state
                    let command = scene.press(key)
                    #expect(
                        command != .none || scene.state != before,
                        "\(key) at \(place.rawValue): \(binding.does)")
                }
            }
        }
    }

    @Test func whatIsNotInTheTableSaysSoAndDoesNothing() {
        let keys: [Key] =
            (0x20..<0x7F).map { .character(Unicode.Scalar(UInt8($0))) }
            + (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { .control(Unicode.Scalar($0)) }
            + [.enter, .tab, .backTab, .backspace, .escape, .insert, .delete, .left, .right]
        for view in MonitorView.allCases {
            let scene = scene(at: KeyPlaces(view))
            for key in keys
            where !KeyTable.bindings.contains(where: {
                $0.places.contains(KeyPlaces(view)) && $0.keys.contains(key)
            }) {
                scene.monitor.notice = nil
                scene.draw()
                let before = scene.state
                #expect(scene.press(key) == .none)
                #expect(scene.status.contains("no such key, ? help"), "\(key) in \(view)")
                // It goes again, and then all is as before.
                scene.monitor.notice = nil
                scene.draw()
                #expect(scene.state == before, "\(key) in \(view)")
            }
        }
    }

    @Test func theHelpSaysWhatTheTableDoes() {
        for view in MonitorView.allCases {
            for glyphs in Glyphs.allCases {
                let lines = HelpView.lines(for: view, canDetach: true, glyphs: glyphs)
                for binding in KeyTable.bindings
                where !binding.places.isDisjoint(with: [KeyPlaces(view), .prompt, .command]) {
                    #expect(lines.contains(.keys(binding.keyText(glyphs), does: binding.does)))
                }
                let texts = lines.compactMap { line in if case .keys(let keys, _) = line { keys } else { nil }
                }
                #expect(glyphs != .ascii || texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x7F } })
            }
        }
        let alone = HelpView.lines(for: .overview, canDetach: false, glyphs: .ascii)
        #expect(!alone.contains(.keys("d", does: "leave the server running")))
    }

    @Test func allOfTheHelpCanBeReadAtTheSmallestSize() {
        let scene = Scene.crowd(columns: 40, rows: 10)
        scene.press(.character("?"))
        var seen = scene.picture
        for _ in 0..<220 {
            scene.press(.down)
            seen += scene.picture
        }
        for case .keys(let keys, _) in HelpView.lines(for: .overview, canDetach: false, glyphs: .unicode) {
            #expect(seen.contains(keys.prefix(10)), "\(keys)")
        }
        #expect(seen.contains("keys of Overview"))
        scene.press(.character("g"))
        #expect(scene.picture.contains("views"))
        scene.press(.escape)
        #expect(!scene.picture.contains("keys of Overview"))
    }

    @Test func hintsArePressedByClicks() {
        for view in MonitorView.allCases {
            for binding in KeyTable.bindings
            where binding.places.contains(KeyPlaces(view)) && binding.hint != nil {
                guard let hint = binding.hint, !hint.isForArrows else { continue }
                let scene = Scene.crowd(columns: 200, rows: 30)
                scene.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
                let other = Scene.crowd(columns: 200, rows: 30)
                other.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
                let text = "\(binding.keys[0].name(.unicode)) \(hint.word)"
                guard let place = scene.find(text, from: 29) else {
                    let isForAll = !binding.needsDetach && !binding.needsOperating
                    if isForAll { Issue.record("\(text) is missing in \(view)") }
                    continue
                }
                let clicked = scene.click(place.row, place.column)
                #expect(clicked == other.press(binding.keys[0]), "\(text) in \(view)")
                #expect(scene.state == other.state, "\(text) in \(view)")
            }
        }
    }
}
