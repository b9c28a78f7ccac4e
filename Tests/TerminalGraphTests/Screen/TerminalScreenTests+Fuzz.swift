import ByteCore
import TestSupport
import Testing

@testable import TerminalGraph

extension TerminalScreenTests {
    /// The pictures of a world of strangers as the bytes that a terminal is sent; of as many messages as
    /// `MonitorFuzzTests` is told to hear, a twentieth more.
    @Test(arguments: [ColorDepth.trueColor, .none])
    func noPictureOfStrangersSteersTheTerminal(colors: ColorDepth) throws {
        var hands = FuzzHands(seed: colors == .none ? 1 : 2)
        var wire = HostileWire(seed: colors == .none ? 77 : 78)
        var random = SplitMix64(seed: 5)
        let pictures = MonitorFuzzTests.frames / 40 / MonitorFuzzTests.framesPerPicture
        var hasArrived = false
        for glyphs in Glyphs.allCases {
            let traits = TerminalTraits(name: "xterm-256color", glyphs: glyphs, deepestColor: colors)
            let window = try CursesWindow(traits: traits, columns: 80, rows: 24)
            let scene = hands.scene()
            scene.canvas = CellCanvas(columns: 80, rows: 24, glyphs: glyphs)
            var output = ByteBuffer()
            for picture in 0..<pictures / Glyphs.allCases.count {
                for _ in 0..<MonitorFuzzTests.framesPerPicture { wire.speak(to: scene) }
                // Glyphs are those of the terminal.
                if let size = hands.act(on: scene) {
                    scene.canvas.resize(columns: size.columns, rows: size.rows)
                    window.resize(columns: size.columns, rows: size.rows)
                }
                if Int.random(in: 0..<50, using: &random) == 0 { window.repaint() }
                scene.draw()
                window.show(scene.canvas)
                window.takeOutput(into: &output)
                var scanner = Scanner()
                scanner.scan(Array(output.readable))
                output.consume(output.readable.count)
                #expect(scanner.complaints.isEmpty, "\(glyphs), picture \(picture)")
                hasArrived = hasArrived || scanner.text.contains("[3141m")
                #expect(glyphs.isUnicode || scanner.text.utf8.allSatisfy { $0 < 0x80 })
            }
        }
        #expect(hasArrived, "as text")
    }
}
