import LiveModel
import TestSupport

@testable import TerminalGraph

/// A server that says anything: what it might say with other people's ids and figures in it, the same with
/// bytes changed, and noise.
struct HostileWire {
    private var random: SplitMix64
    /// The newest message that was whole, for others to be made of.
    private var whole: [UInt8] = []

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Has the scene hear one message.
    mutating func speak(to scene: Scene) {
        let events = ["frame", "frame", "frame", "keyframe", "status", "other"]
        switch Int.random(in: 0..<16, using: &random) {
        case 0: scene.apply(pick(events), bytes: noise())
        case 1...4:
            scene.apply(pick(events), bytes: mutated())
            return
        default:
            let (event, text) = message(at: scene.at)
            whole = Array(text.utf8)
            scene.apply(event, bytes: whole)
        }
    }

    private static let figures = [
        "0", "-1", "1e308", "-1e308", "9e18", "0.5", "390", "1e-300", "812", "-0.0", "4294967296", "1e15",
        "9223372036854775807", "-9223372036854775808", "65535", "1e9",
    ]
    /// What is no number of JSON, or none that a computer has.
    private static let nonsense = [
        "NaN", "-Infinity", "1e999", "-1e400", "null", "\"1\"", "[]", "1e", "0x10", "-",
    ]

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func figure() -> String {
        Int.random(in: 0..<400, using: &random) == 0 ? pick(Self.nonsense) : pick(Self.figures)
    }

    private mutating func message(at now: Int64) -> (event: String, text: String) {
        let id = id()
        // A clock that leaps, now and then.
        let at = Int.random(in: 0..<3_000, using: &random) == 0 ? now + 3_000_000_000 : now
        switch Int.random(in: 0..<8, using: &random) {
        case 0...1:
            return (
                "frame", #"{"at":\#(at),"joins":[{"id":\#(id),"since":\#(at),"worker":\#(figure())}]}"#
            )
        case 2: return ("frame", #"{"at":\#(at),"leaves":[\#(id),"a"]}"#)
        case 3...5: return ("frame", frame(at: at, id: id))
        case 6: return ("status", status())
        default:
            let more = Bool.random(using: &random) ? #","more":true"# : ""
            let visitor =
                #"{"id":\#(id),"since":\#(figure()),"rate":\#(figure()),"x":\#(figure()),"y":\#(figure())}"#
            return ("keyframe", #"{"at":\#(at),"visitors":[\#(visitor)]\#(more)}"#)
        }
    }

    private mutating func frame(at: Int64, id: String) -> String {
        let names = [#""a""#, #""b""#, #""山""#, "\"\u{202E}\"", #""\u001b[3141m""#, id]
        let kinds = ["move", "move", "click", "scroll", "enter", "leave", "nonsense"]
        let page = Scene.quoted(text(upTo: pick([4, 40, 300])))
        var samples: [String] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            samples.append(
                #"{"id":\#(pick(names)),"x":\#(figure()),"y":\#(figure()),"w":\#(figure()),"h":\#(figure()),"#
                    + #""b":\#(figure()),"k":"\#(pick(kinds))","p":\#(page)}"#)
        }
        let joins = names.map { #"{"id":\#($0),"since":0}"# }.joined(separator: ",")
        return #"{"at":\#(at),"joins":[\#(joins)],"samples":[\#(samples.joined(separator: ","))]}"#
    }

    private mutating func status() -> String {
        let word = Scene.quoted(text(upTo: 150))
        var workers: [String] = []
        for pid in 0..<Int.random(in: 0...40, using: &random) {
            workers.append(
                #"{"pid":\#(pid),"state":\#(word),"connections":\#(figure()),"rate":\#(figure()),"#
                    + #""rss":\#(figure()),"cpu":\#(figure()),"folded":\#(figure())}"#)
        }
        var audience: [String] = []
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            audience.append(
                #"{"name":\#(word),"shape":\#(word),"hz":\#(figure()),"behind":\#(figure()),"#
                    + #""sent":\#(figure()),"age":\#(figure()),"idle":\#(figure())}"#)
        }
        let hop = #"{"p50":\#(figure()),"p99":\#(figure()),"max":\#(figure())}"#
        let line = #"{"event":\#(word),"time":"2026-11-20T16:00:00.123Z","why":\#(word)}"#
        let log = Array(repeating: line, count: 30).joined(separator: ",")
        return
            #"{"workers":[\#(workers.joined(separator: ","))],"viewers":\#(figure()),"uptime":\#(figure()),"#
            + #""totals":{\#(word):\#(figure())},"ingest":\#(word),"http":\#(word),"#
            + #""audience":[\#(audience.joined(separator: ","))],"#
            + #""latency":{"relayed":\#(hop),"encoded":\#(hop)},"#
            + #""refused":{\#(word):\#(figure()),"x":\#(figure())},"log":[\#(log)]}"#
    }

    /// An id as a word of JSON.
    private mutating func id() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        // Sixty-four bytes: sixteen faces, a family, flags, or a letter below all its marks.
        case 0: Scene.quoted(String(repeating: pick(["😀", "🤦", "🇩", "\u{1F3FD}"]), count: 16))
        case 1: Scene.quoted(String(repeating: pick(["👩\u{200D}", "e\u{301}\u{308}"]), count: 9))
        case 2:
            pick([#""\u001b[3141m""#, #""\u009b3141m""#, #""\u001b]0;x\u0007""#, #""\r\n\t\b\u0000\u007f""#])
        // Not JSON: what steers a terminal stands in it as it is.
        case 3 where Int.random(in: 0..<20, using: &random) == 0: "\"\u{1B}[3141m\u{7}\""
        default: Scene.quoted(text(upTo: Int.random(in: 1...64, using: &random)))
        }
    }

    private mutating func text(upTo limit: Int) -> String {
        var text = String.UnicodeScalarView()
        var count = 0
        while true {
            let scalar = CellCanvasTests.randomScalar(using: &random)
            count += UTF8.width(scalar)
            if count > limit { break }
            text.append(scalar)
        }
        return text.isEmpty ? "x" : String(text)
    }

    private mutating func noise() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...200, using: &random) {
            bytes.append(UInt8.random(in: 0...255, using: &random))
        }
        return bytes
    }

    /// The newest whole message with a few bytes changed, put in, taken out, cut off or said twice.
    private mutating func mutated() -> [UInt8] {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...24, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] = pick(Array(#"{}[]",:\0-e."#.utf8))
            case 2: bytes.insert(pick([0x1B, 0x9B, 0x00, 0x0A, 0x22, 0xC2, 0xF0, 0x7F]), at: place)
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }
}

extension Scene {
    func apply(_ event: String, bytes: [UInt8]) {
        var event = event
        event.withUTF8 { name in
            bytes.withUnsafeBytes { data in
                _ = model.apply(event: UnsafeRawBufferPointer(name), data: data, now: now)
            }
        }
    }
}
