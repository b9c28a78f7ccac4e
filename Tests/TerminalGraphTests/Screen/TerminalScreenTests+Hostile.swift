import TestSupport
import Testing

@testable import TerminalGraph

extension TerminalScreenTests {
    /// What a terminal is sent, taken apart: what is not known to come from ncurses or us is a complaint.
    struct Scanner {
        private(set) var complaints: [String] = []
        private(set) var text = ""

        /// The sequences of ncurses for an xterm, and those that switch on what we switch on.
        private static let finals = Set("ABCDGHJKLMPSTX@dmhlrt".utf8)

        mutating func scan(_ bytes: [UInt8]) {
            var index = 0
            var written: [UInt8] = []
            while index < bytes.count {
                switch bytes[index] {
                case 0x1B: index = sequence(bytes, from: index + 1)
                case 0x08, 0x0A, 0x0D, 0x0E, 0x0F: index += 1
                case 0x00..<0x20, 0x7F:
                    complaints.append("control \(bytes[index])")
                    index += 1
                default:
                    written.append(bytes[index])
                    index += 1
                }
            }
            let decoded = String(decoding: written, as: UTF8.self)
            if decoded.utf8.count != written.count { complaints.append("not UTF-8") }
            for scalar in decoded.unicodeScalars where (0x80..<0xA1).contains(scalar.value) {
                complaints.append("control \(scalar.value)")
            }
            for scalar in decoded.unicodeScalars where scalar.properties.generalCategory == .format {
                complaints.append("invisible \(scalar.value)")
            }
            text += decoded
        }

        private mutating func sequence(_ bytes: [UInt8], from start: Int) -> Int {
            // A line further up, which scrolls at the upper edge; the cursor kept, and put back.
            if start < bytes.count, "M78".utf8.contains(bytes[start]) { return start + 1 }
            guard start + 1 < bytes.count else { return bytes.count }
            if bytes[start] == UInt8(ascii: "("), bytes[start + 1] == UInt8(ascii: "B") { return start + 2 }
            let end = bytes[(start + 1)...].firstIndex { (0x40...0x7E).contains($0) } ?? bytes.endIndex - 1
            let parameters = bytes[(start + 1)..<end]
            let isKnown =
                bytes[start] == UInt8(ascii: "[") && Self.finals.contains(bytes[end])
                && parameters.allSatisfy { (0x30...0x3F).contains($0) }
            // 3141 is the mark of ours that are not to arrive.
            if !isKnown || parameters.starts(with: "3141".utf8) {
                complaints.append("sequence \(String(decoding: bytes[start...end], as: UTF8.self))")
            }
            return end + 1
        }
    }

    private func hostileText(_ generator: inout SplitMix64) -> String {
        let pieces = [
            "\u{1B}[3141m", "\u{1B}]0;title\u{7}", "\u{9B}3141m", "\u{1B}c", "\u{1B}P1$r\u{1B}\\",
            "\r\n\t\u{8}",
            "\u{202E}", "\u{200D}", "山", "\u{301}", "😀", "x", "\u{85}", "\u{FEFF}", "\u{0}", "\u{7F}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            if Bool.random(using: &generator) {
                text += pieces.randomElement(using: &generator) ?? ""
            } else if let scalar = Unicode.Scalar(
                UInt32.random(in: 0...0x10FFFF, using: &generator)
                    >> UInt32.random(in: 0...20, using: &generator))
            {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    @Test(arguments: Glyphs.allCases, [ColorDepth.trueColor, .twoHundredFiftySix, .none])
    func nothingFromStrangersSteersTheTerminal(glyphs: Glyphs, colors: ColorDepth) throws {
        var generator = SplitMix64(seed: 21)
        let terminal = PseudoTerminal(columns: 60, rows: 10)
        let traits = TerminalTraits(name: "xterm-256color", glyphs: glyphs, deepestColor: colors)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits)
        var canvas = CellCanvas(columns: 60, rows: 10, glyphs: glyphs)
        var scanner = Scanner()
        for _ in 0..<60 {
            for _ in 0..<20 {
                canvas.write(
                    hostileText(&generator), row: Int.random(in: 0..<10, using: &generator),
                    column: Int.random(in: 0..<60, using: &generator), limit: 20,
                    style: Style.allCases.randomElement(using: &generator) ?? .plain)
            }
            screen.draw(canvas)
            scanner.scan(settle(screen, terminal))
        }
        screen.restore(withinMilliseconds: 1_000)
        scanner.scan(terminal.output())
        #expect(scanner.complaints.isEmpty)
        #expect(scanner.text.contains("[3141m"), "it arrives as text")
        #expect(glyphs.isUnicode || scanner.text.unicodeScalars.allSatisfy(\.isASCII))
    }

    @Test func theScannerFindsWhatItLooksFor() {
        for text in [
            "\u{1B}[3141m", "\u{1B}]0;x\u{7}", "\u{9B}1m", "\u{7}", "\u{1B}cx", "a\u{200D}", "\u{1B}[1;1q",
        ] {
            var scanner = Scanner()
            scanner.scan(Array(text.utf8))
            #expect(!scanner.complaints.isEmpty, "\(text)")
        }
    }
}
