import Foundation
import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

/// Anybody at the keyboard, anything on the wire, any size of terminal.
///
/// As many messages as anybody has the patience for, the same for the same number:
/// ```
/// POINTERSCOPE_FUZZ_FRAMES=1000000 swift test -c release -Xswiftc -enable-testing --filter Fuzz
/// ```
@Suite struct MonitorFuzzTests {
    init() { #expect(TestLocale.isUTF8) }

    /// Messages heard by all seeds together.
    static let frames =
        ProcessInfo.processInfo.environment["POINTERSCOPE_FUZZ_FRAMES"].flatMap { Int($0) } ?? 1_320
    /// Messages between two pictures: looking at each would take the time that more messages are worth.
    static let framesPerPicture = max(frames / 60_000, 1)
    private static let seeds = 6

    @Test(arguments: 0..<seeds)
    func nothingBreaksThePicture(seed: Int) {
        var hands = FuzzHands(seed: seed)
        var wire = HostileWire(seed: UInt64(seed) &* 104_729)
        var scene = hands.scene()
        let perRound = Self.seeds * Self.framesPerPicture
        for picture in 0..<(Self.frames + perRound - 1) / perRound {
            // A world of its own now and then, so that none is spoilt for good.
            if picture % 1_000 == 999 { scene = hands.scene() }
            for _ in 0..<Self.framesPerPicture { wire.speak(to: scene) }
            if let size = hands.act(on: scene) {
                scene.canvas = CellCanvas(columns: size.columns, rows: size.rows, glyphs: size.glyphs)
            }
            scene.draw()
            #expect(CellCanvasTests.isWhole(scene.canvas), "seed \(seed), picture \(picture)")
            if scene.canvas.glyphs == .ascii {
                let isASCII = scene.picture.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) }
                #expect(isASCII, "seed \(seed), picture \(picture)")
            }
        }
    }
}

/// Somebody who knows nothing of the keys, turns the mouse and pulls at the window.
struct FuzzHands {
    private var random: SplitMix64
    private let seed: Int

    init(seed: Int) {
        self.seed = seed
        random = SplitMix64(seed: UInt64(seed) &* 7_919)
    }

    /// A world with nobody in it yet.
    mutating func scene() -> Scene {
        var configuration = Monitor.Configuration()
        configuration.canDetach = seed.isMultiple(of: 2)
        configuration.quitting = seed % 3 == 0 ? .leaves : .stopsServer
        configuration.title = seed % 3 == 1 ? "http://\u{1B}[2J山:2112/\u{202E}" : nil
        let view = MonitorView.allCases.randomElement(using: &random)!
        configuration.settings = MonitorSettings(parsing: "view = \(view.rawValue)")
        let scene = Scene(columns: 80, rows: 24, glyphs: Glyphs.allCases.randomElement(using: &random)!)
        scene.monitor = Monitor(configuration)
        return scene
    }

    /// Does something, and says what size the terminal is to have where that is another.
    mutating func act(on scene: Scene) -> (columns: Int, rows: Int, glyphs: Glyphs)? {
        switch Int.random(in: 0..<20, using: &random) {
        case 0:
            let isLarge = Int.random(in: 0..<8, using: &random) == 0
            return (
                Int.random(in: 1...(isLarge ? 300 : 90), using: &random),
                Int.random(in: 1...(isLarge ? 100 : 30), using: &random),
                Glyphs.allCases.randomElement(using: &random)!
            )
        case 1: scene.pass(milliseconds: Int64.random(in: 0...3_000, using: &random))
        case 2:
            let states: [LinkState] = [.live, .connecting, .ended, .reconnecting(attempt: .max)]
            scene.model.link = states.randomElement(using: &random)!
        default: for _ in 0..<3 { press(on: scene) }
        }
        return nil
    }

    private mutating func press(on scene: Scene) {
        let input: TerminalInput
        switch Int.random(in: 0..<10, using: &random) {
        case 0...1: input = .mouse(mouse(over: scene))
        case 2: input = .key(.character(CellCanvasTests.randomScalar(using: &random)))
        case 3: input = .paste(CellCanvasTests.randomScalar(using: &random))
        case 4: input = .key(.character(Unicode.Scalar(UInt8.random(in: 0x20..<0x7F, using: &random))))
        default: input = .key(Self.keys.randomElement(using: &random)!)
        }
        let before = scene.monitor.settings
        let command = scene.monitor.receive(input, &scene.model, now: scene.now)
        if command == .detach { #expect(scene.monitor.configuration.canDetach) }
        if command == .none { #expect(scene.monitor.settings == before) }
        #expect(MonitorSettings(parsing: scene.monitor.settings.text) == scene.monitor.settings)
    }

    private static let keys = KeyTable.bindings.flatMap(\.keys)

    private mutating func mouse(over scene: Scene) -> MouseEvent {
        let actions: [MouseEvent.Action] = [
            .press(.left), .press(.left), .press(.right), .drag(.left), .drag(.left), .drag(.right), .release,
            .wheelUp, .wheelDown,
        ]
        let isFar = Int.random(in: 0..<10, using: &random) == 0
        return MouseEvent(
            actions.randomElement(using: &random)!,
            row: isFar ? .max : Int.random(in: -1...scene.canvas.rows, using: &random),
            column: isFar ? .min : Int.random(in: -1...scene.canvas.columns, using: &random))
    }
}
