import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct OverviewTests {
    static let sizes = [(40, 10), (59, 30), (60, 20), (80, 24), (99, 19), (100, 20), (120, 40), (300, 100)]

    init() { #expect(TestLocale.isUTF8) }

    @Test func theNoteIsAboutTheColumnsThatAreDrawn() {
        let scene = Scene.seeded(columns: 80, rows: 24)
        scene.monitor.settings.chartSecondsPerColumn = 60
        scene.draw()
        // An hour and a bit needs no more in so many columns.
        #expect(scene.picture.contains("30 s a column") && !scene.picture.contains("60 s a column"))
    }

    @Test func aNewVisitorsRateIsTheSameEverywhere() {
        let scene = Scene(columns: 120, rows: 40)
        scene.join("new")
        for _ in 0..<20 {
            scene.send(2, from: "new")
            scene.pass(milliseconds: 100)
        }
        scene.press(.character("f"))
        let rate = scene.slot(of: "new").map { scene.model.rate(of: $0) } ?? 0
        var told: String { scene.lines.first { $0.contains("│ rate") } ?? "" }
        #expect(rate == 20 && told.contains("20.0/s"))
        scene.leave("new")
        scene.draw()
        #expect(told.contains(" 0/s"))
    }

    @Test(arguments: [(120, 40), (300, 100)])
    func aLargePictureHasEverything(columns: Int, rows: Int) {
        let scene = Scene.seeded(columns: columns, rows: rows)
        scene.draw()
        #expect(CellCanvasTests.isWhole(scene.canvas))
        let picture = scene.picture
        for text in [
            "pointerscope", "● live", "3 visitors", "11.4/s", "2 viewers", "up 1:01", "samples per second",
            "now 11.4  peak 49", "1 of 2 running", "restarts", "4242", "starting", "2.7M",
            "folded by workers",
            "1,170", "1–3 of 3", "ingest 127.0.0.1:8081", "http 127.0.0.1:2112", "/pricing", "/結", "1m",
            "q quit",
        ] { #expect(picture.contains(text), "\(text)") }
        let user = row(of: "user123", in: scene)
        let taro = row(of: "山田太郎", in: scene)
        let quiet = row(of: "quiet", in: scene)
        #expect(user > 0 && user < taro && taro < quiet)
        let words = scene.lines[user].split(separator: " ")
        #expect(words.contains("17.0") && words.contains("1s") && words.contains("812,433"))
        #expect(scene.lines[quiet].split(separator: " ").contains("1m"))
        #expect(scene.lines[taro].contains("1021,-7"))
    }

    @Test func thePublicURLStandsInThePlaceOfTheAddress() {
        let scene = Scene.seeded(columns: 120, rows: 40)
        scene.apply(
            "status",
            #"{"ingest":"127.0.0.1:1","http":"127.0.0.1:2112","url":"https://watch.example.org/ps/"}"#)
        scene.draw()
        #expect(scene.picture.contains("ingest 127.0.0.1:1  https://watch.example.org/ps/"))
        #expect(!scene.picture.contains("http 127.0.0.1:2112"))
    }

    @Test(arguments: [
        (
            160,
            "nobody can sign in yet; the first admin is made at https://watch.example.org/first-admin?token=abc"
        ),
        (80, " no admin yet: https://watch.example.org/first-admin?token=abc "),
        (52, "https://watch.example.org/first-admin?token=abc "),
        (46, "no admin yet: the link is in the file first"),
    ])
    func howTheFirstAdminIsMadeStandsInTheLastLine(columns: Int, words: String) {
        let scene = Scene.seeded(columns: columns, rows: 24)
        scene.apply("status", #"{"invite":"https://watch.example.org/first-admin?token=abc"}"#)
        scene.draw()
        #expect(scene.lines.last.map { $0 + " " }?.contains(words) == true, "\(scene.lines.last ?? "")")
        scene.apply("status", #"{"viewers":1}"#)
        scene.draw()
        #expect(!scene.picture.contains("token=abc") && !scene.picture.contains("no admin yet"))
    }

    private func row(of id: String, in scene: Scene) -> Int {
        scene.lines.lastIndex { $0.contains(" \(id) ") } ?? -1
    }

    @Test func withoutAServerItIsEmptyAndWhole() {
        for (columns, rows) in Self.sizes {
            for glyphs in Glyphs.allCases {
                let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
                scene.draw()
                #expect(CellCanvasTests.isWhole(scene.canvas))
                #expect(scene.picture.contains("connecting"))
                #expect(scene.picture.contains("nobody is here yet"))
            }
        }
    }

    @Test func moreWorkersThanRowsAreCounted() {
        let scene = Scene(columns: 80, rows: 24)
        let workers = (1...64).map { #"{"pid":\#($0),"state":"running"}"# }.joined(separator: ",")
        scene.apply("status", #"{"workers":[\#(workers)],"viewers":0}"#)
        scene.draw()
        #expect(scene.picture.contains("64 of 64 running"))
        #expect(scene.picture.contains("and 62 more"))
    }

    @Test(arguments: 0..<4)
    func hostileTextNeverBreaksThePicture(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed) &+ 100)
        func hostileText(upTo limit: Int) -> String {
            var text = ""
            while text.utf8.count < limit {
                let scalar = CellCanvasTests.randomScalar(using: &generator)
                if text.utf8.count + String(scalar).utf8.count > limit { break }
                text.unicodeScalars.append(scalar)
            }
            return text
        }
        let scene = Scene(columns: 80, rows: 24)
        for _ in 0..<40 {
            let id = hostileText(upTo: 64)
            scene.join(id)
            let x = Double(bitPattern: generator.next())
            scene.send(
                2, from: id, x: x.isFinite ? "\(x)" : "-1e308", y: "-0.0", page: hostileText(upTo: 200))
        }
        scene.apply(
            "status",
            #"{"workers":[{"pid":2147483647,"state":"\u001b[2J\u202e\#(String(repeating: "山", count: 40))","#
                + #""connections":9e18,"rate":1e308,"restarts":9e18,"rss":9e18},"#
                + #"{"connections":9e18,"rss":9e18}],"#
                + #""viewers":9e18,"totals":{"\u0007\u009b":1e300,"a":-5},"uptime":1e300,"#
                + #""ingest":"\u001b]0;x\u0007","http":"\#(String(repeating: "h", count: 120))"}"#)
        #expect(scene.model.visitorCount > 30)
        for (columns, rows) in seed == 0 ? Self.sizes : [(40, 10), (80, 24), (120, 30)] {
            for glyphs in Glyphs.allCases {
                scene.canvas = CellCanvas(columns: columns, rows: rows, glyphs: glyphs)
                scene.pass(milliseconds: 300)
                scene.draw()
                #expect(CellCanvasTests.isWhole(scene.canvas))
                if glyphs == .ascii {
                    #expect(scene.picture.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
                }
            }
        }
    }

    @Test func everySizeIsWhole() {
        let scene = Scene.seeded(columns: 40, rows: 10)
        for columns in stride(from: 40, through: 300, by: 52) {
            for rows in stride(from: 10, through: 100, by: 30) {
                scene.canvas.resize(columns: columns, rows: rows)
                scene.draw()
                #expect(CellCanvasTests.isWhole(scene.canvas), "\(columns)x\(rows)")
                #expect(scene.picture.contains("user123"))
            }
        }
    }
}
