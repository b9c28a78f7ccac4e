import ByteCore
import LiveModel

@testable import TerminalGraph

extension FuzzTarget {
    /// What a terminal sends: keys, mouse reports, pastes, answers to somebody's questions.
    static let terminalInput = FuzzTarget(
        name: "terminal-input", longestInput: 512,
        seeds: {
            Seed.texts([
                "q\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[5;2~\u{1B}[Z",
                "\u{1B}[<0;10;5M\u{1B}[<0;10;5m\u{1B}[<64;1;1M\u{1B}[<35;9;9M",
                "\u{1B}[200~rm -rf\n\u{1B}[A\u{3}\u{1B}[201~x", "üß漢😀\u{80}",
                "\u{1B}]11;rgb:0/0/0\u{7}\u{1B}P1$r\u{1B}\\a",
                "\u{1B}\u{1B}[13;5u\u{1B}[97;5u\u{1B}[27u", "\u{1B}[M !!\u{1B}[?1;2c\u{1B}[99999999999;1R",
                "\r\n\t\u{7F}\u{8}\0",
                "\u{1B}[<0;65535;65536M\u{1B}[1;2;3;4H",
            ])
        }
    ) { input in
        Pieces.compare(input) { feed, transcript in
            var decoder = InputDecoder()
            while let piece = feed.next() {
                for byte in piece {
                    guard let input = decoder.consume(byte) else { continue }
                    if case .mouse(let event) = input, event.row < 0 || event.column < 0 {
                        transcript.complain("a click at \(event.row), \(event.column)")
                    }
                    note(input, &transcript)
                }
            }
            if let input = decoder.expire() { note(input, &transcript) }
        }
    }

    private static func note(_ input: TerminalInput, _ transcript: inout Transcript) {
        switch input {
        case .key(.character(let scalar)): transcript.note(scalar.value)
        case .paste(let scalar): transcript.note(-1 - Int(scalar.value))
        default: transcript.note(described: input)
        }
    }

    /// What ncurses writes, on its way to a terminal of true colours.
    static let trueColor = FuzzTarget(
        name: "true-color", longestInput: 512,
        seeds: {
            Seed.texts([
                "a\u{1B}[1;38;5;17mb\u{1B}[0m", "\u{1B}[48;5;16;38;5;18m\u{1B}[m\u{1B}[H",
                "\u{1B}[38;5;99m\u{1B}(B\u{1B}[39;49m",
                "\u{1B}\u{1B}[38:5:17m\u{1B}[\(String(repeating: "1;", count: 40))m",
                "\u{1B}[38;5;00017;4m\u{1B}[38;5",
            ])
        }
    ) { input in
        Pieces.compare(input) { feed, transcript in
            var filter = TrueColorFilter(colors: [
                RGB(red: 1, green: 2, blue: 3), RGB(red: 95, green: 215, blue: 0),
            ])
            var output = ByteBuffer(capacity: 64)
            while let piece = feed.next() { filter.pass(piece, into: &output) }
            transcript.note(output.readable)
        }
    }

    /// Texts of strangers on their way to the screen: nothing that steers a terminal gets through.
    static let safeText = FuzzTarget(
        name: "safe-text", longestInput: 256,
        seeds: {
            Seed.texts([
                "plain", "e\u{301}\u{302}\u{303}", "\u{1B}[2J\u{9B}2J\u{7F}", "漢字😀👍🏽🇩🇪",
                "a\u{202E}b\u{200D}c\u{FE0F}\u{FEFF}",
                "\u{115F}\u{3164}\u{0E33}\u{2028}\u{E000}",
            ]) + [[0xC3, 0x28, 0xFF, 0xF0, 0x9F]]
        }
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        for glyphs in Glyphs.allCases {
            var signs = SafeText(text, glyphs: glyphs)
            var width = 0
            while let sign = signs.next() {
                guard sign.width == 1 || sign.width == 2 else { return "a sign of \(sign.width) columns" }
                width += sign.width
                for value in [sign.scalar, sign.firstMark, sign.secondMark] where value != 0 {
                    guard let scalar = Unicode.Scalar(value), value >= 0x20, !(0x7F..<0xA0).contains(value),
                        scalar.properties.generalCategory != .format
                    else { return "U+\(String(value, radix: 16)) gets through" }
                }
            }
            guard SafeText.width(of: text, glyphs: glyphs, upTo: 1 << 20) == width else {
                return "another width"
            }
        }
        return nil
    }

    /// Theme files.
    static let theme = FuzzTarget(
        name: "theme", longestInput: 512,
        seeds: {
            Seed.texts([
                "# a comment\nbase = light\ntitle = #005f87 bold\n",
                "caution = #af5f00/3\r\nselection = on #d0e2f8",
                "match = #000000 on #ffd75f underline\nplain = #ffffff on #000000 dim", "heat0 = #123456/8",
                "title #ffffff",
                "title = #fffffg", "nonsense = bold", "title = bold\nbase = dark",
            ])
        }
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        do throws(ThemeError) {
            let theme = try Theme(parsing: text)
            for depth in [ColorDepth.none, .sixteen, .twoHundredFiftySix, .trueColor] {
                let palette = Palette(theme: theme, depth: depth)
                guard palette.inks.count == Style.allCases.count else { return "\(palette.inks.count) inks" }
            }
            return nil
        } catch {
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            return (1...lines).contains(error.line) && !error.reason.isEmpty ? nil : "\(error)"
        }
    }

    /// The file that remembers how the monitor was left: what is read is written so that it is read again.
    static let monitorSettings = FuzzTarget(
        name: "monitor-settings", longestInput: 512,
        seeds: {
            var changed = MonitorSettings()
            changed.order = .last
            changed.chartTop = 500
            changed.chartSecondsPerColumn = 5
            return Seed.texts([
                MonitorSettings().text, changed.text, "view=pages\nmap-trail-milliseconds = 500\n",
                "order = \nview",
                "chart-top = auto = 5\r\norder-reversed=yes\n",
            ])
        }
    ) { input in
        let settings = MonitorSettings(parsing: String(decoding: input, as: UTF8.self))
        let again = MonitorSettings(parsing: settings.text)
        return again == settings ? nil : "\(settings) becomes \(again)"
    }

    /// What an operator types to find visitors.
    static let filter = FuzzTarget(
        name: "filter", longestInput: 600,
        seeds: {
            Seed.texts([
                "word -id:other page:\"a b\" worker:42 rate>5 rate<1e3 kind:click",
                "page=\"say \\\"hi\\\"\" page=", "- id: page:\"open",
                "ID:Ünïcode PAGE:x", "rate>nan rate<inf worker:x kind:none", "a:b c=d e<f g>h", "id:\"\\",
                String(repeating: "a ", count: 20),
            ])
        }
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        guard let model = filteredModel() else { return "the picture to filter is malformed" }
        return filterFault(text, model)
    }

    private static func filterFault(_ text: String, _ model: borrowing LiveModel) -> String? {
        for subject in [FilterSubject.visitors, .pages, .workers] {
            let filter = VisitorFilter(parsing: text, of: subject)
            guard filter.text.utf8.count <= 520 else { return "\(filter.text.utf8.count) bytes taken in" }
            guard VisitorFilter(parsing: filter.text, of: subject) == filter else { return "another filter" }
            for slot in 0..<3 { _ = model.matches(slot, filter) }
        }
        // A page in quotation marks is that page, whatever it is called.
        guard text.utf8.count <= 100 else { return nil }
        var chosen: [PageActivity] = []
        var own = LiveModel(seed: 1)
        let escaped = Seed.bytes { buffer in
            var text = text
            text.withUTF8 { buffer.appendJSONString(UnsafeRawBufferPointer($0)) }
        }
        let frame =
            "{\"at\":1000,\"joins\":[{\"id\":\"a\"}],\"samples\":[{\"id\":\"a\",\"x\":1,\"y\":2,\"p\":\(String(decoding: escaped, as: UTF8.self))}]}"
        guard apply("frame", frame, to: &own) == .applied else { return "no frame: \(frame)" }
        let filter = VisitorFilter(parsing: "page=" + FilterQuotes.quoted(text), of: .pages)
        let count = own.pages(matching: filter, order: .visitors, from: 0, count: 1, into: &chosen)
        return filter.complaint == nil && count == 1
            ? nil : "page=\(FilterQuotes.quoted(text)) is not \(text.debugDescription)"
    }

    private static func filteredModel() -> LiveModel? {
        var model = LiveModel(seed: 1)
        let visitors = """
            [{"id":"word","worker":42,"x":1,"y":2,"k":"click","p":"/a b"},{"id":"Ünï","rate":7,"x":1,"y":2},{"id":"c"}]
            """
        guard apply("keyframe", "{\"at\":1000,\"visitors\":\(visitors)}", to: &model) == .applied else {
            return nil
        }
        return model
    }

    private static func apply(_ event: StaticString, _ data: String, to model: inout LiveModel)
        -> LiveModel.Outcome
    {
        var data = data
        return data.withUTF8 { model.apply(event: event.rawBytes, data: UnsafeRawBufferPointer($0), now: 1) }
    }
}
