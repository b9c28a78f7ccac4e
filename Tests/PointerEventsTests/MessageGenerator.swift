import TestSupport

/// Makes messages that are right, nearly right and wrong, the same ones for the same seed.
struct MessageGenerator {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The next message: a good one, a good one damaged, or one of arbitrary JSON or noise.
    mutating func next() -> [UInt8] {
        switch random.below(10) {
        case 0...2: return Array(message(isCareful: true).utf8)
        case 3: return Array(message(isCareful: false).utf8)
        case 4...7:
            var bytes = Array(message(isCareful: random.below(2) == 0).utf8)
            for _ in 0...random.below(3) { damage(&bytes) }
            return bytes
        case 8:
            var bytes = Array(value(depth: 0).utf8)
            if random.below(3) == 0 { damage(&bytes) }
            return bytes
        default: return noise()
        }
    }

    private mutating func chance(_ one: Int) -> Bool { random.below(one) == 0 }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[random.below(choices.count)]
    }

    private mutating func space() -> String {
        chance(4) ? pick([" ", "\n", "\r\n", "\t", "  ", "\u{A0}", "\u{FEFF}", ""]) : ""
    }

    /// Whitespace that JSON knows.
    private mutating func gap() -> String { chance(4) ? pick([" ", "\n", "\r\n", "\t", "  "]) : "" }

    private mutating func message(isCareful: Bool) -> String {
        guard chance(3) else { return gap() + sample(isCareful) + gap() }
        let samples = (0..<random.below(5)).map { _ in gap() + sample(isCareful) + gap() }
        return gap() + "[" + samples.joined(separator: ",") + "]" + (isCareful ? gap() : space())
    }

    private mutating func sample(_ isCareful: Bool) -> String {
        var members = [
            member("id", text(isCareful)), member("x", number(isCareful)), member("y", number(isCareful)),
        ]
        if chance(4) { members.append(member("t", number(isCareful))) }
        if chance(3) { members.append(member("k", kind(isCareful))) }
        if chance(5) {
            let buttons = isCareful ? pick(["0", "1", "65535", "3.0", "2e2", "-0"]) : number(false)
            members.append(member("b", buttons))
        }
        if chance(5) { members.append(member("w", isCareful ? "\(random.below(4_000))" : number(false))) }
        if chance(5) { members.append(member("h", isCareful ? "1.5e\(random.below(300))" : number(false))) }
        if chance(4) { members.append(member("p", text(isCareful))) }
        if chance(3) { members += tail(isCareful) }
        while chance(3) { members.append(member(text(false, isKey: true), value(depth: 2), isQuoted: true)) }
        if !isCareful, chance(3) { members.append(pick(members)) }
        if !isCareful, chance(4) { members.remove(at: random.below(members.count)) }
        if !isCareful, chance(6) { return value(depth: 1) }
        members.shuffle(using: &random)
        return "{" + members.joined(separator: ",") + gap() + "}"
    }

    private mutating func member(_ key: String, _ value: String, isQuoted: Bool = false) -> String {
        var name = isQuoted ? key : "\"\(key)\""
        // Now and then a key in disguise.
        if !isQuoted, chance(12), let first = key.unicodeScalars.first {
            name = "\"\\u00" + String(first.value, radix: 16, uppercase: chance(2)) + key.dropFirst() + "\""
        }
        return gap() + name + gap() + ":" + gap() + value + gap()
    }

    /// Members that few samples have.
    private mutating func tail(_ isCareful: Bool) -> [String] {
        var members: [String] = []
        for key in ["sx", "sy"] where chance(2) { members.append(member(key, number(isCareful))) }
        for key in ["dw", "dh"] where chance(2) {
            members.append(member(key, isCareful ? "\(random.below(4_000)).5" : number(false)))
        }
        if chance(2) {
            let types = ["\"mouse\"", "\"pen\"", #""tou\u0063h""#]
            members.append(
                member("pt", isCareful || chance(2) ? pick(types) : pick(["\"Pen\"", "\"\"", "2"])))
        }
        for key in ["n", "el"] where chance(2) { members.append(member(key, text(isCareful))) }
        return members
    }

    private mutating func kind(_ isCareful: Bool) -> String {
        let words = ["move", "down", "up", "click", "scroll", "enter", "leave", "cancel", #"cl\u0069ck"#]
        return isCareful || chance(2)
            ? "\"\(pick(words))\"" : pick(["\"Move\"", "\"\"", "1", "null", "\"lick\""])
    }

    private mutating func number(_ isCareful: Bool) -> String {
        switch random.below(isCareful ? 8 : 10) {
        case 0, 1: return "\(random.below(4_000))"
        case 2: return "\(random.below(4_000)).\(random.below(1_000))"
        case 3: return "-\(random.below(1_000))\(pick(["", ".0", "e0", "E+2", "e-5"]))"
        case 4:
            let value = Double(bitPattern: random.next())
            return value.isFinite ? "\(value)" : "0"
        case 5: return "\(random.next())\(pick(["", ".\(random.next())", "e-\(random.below(330))"]))"
        case 6: return "0.\(String(repeating: "0", count: random.below(30)))\(random.next())"
        case 7:
            return pick(["0", "-0", "-0.0", "0e9999", "1e-9999", "9007199254740993", "4.35", "0.1", "1e23"])
        case 8:
            return pick(["1e999", "-1e309", "01", "+1", ".5", "5.", "1e", "0x1", "NaN", "-", "--1", "1.e1"])
        default: return value(depth: 3)
        }
    }

    private mutating func text(_ isCareful: Bool, isKey: Bool = false) -> String {
        let plain = [
            "user", "é", "東", "🖱", "a/b", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\ud83D\\uDDB1", " ",
        ]
        let wrong = [
            "\\ud800", "\\udc00", "\\ud800\\ud800", "\\udc00\\udc00", "\\u0000", "\u{7F}", "\u{85}", "\n",
            "\\q", "\\u12", "id", "x", "\\u0078",
        ]
        let safe = [
            "user", "é", "東", "🖱", "a/b", "\\\"", "\\\\", "\\/", "\\u0041", "\\ud83D\\uDDB1", "-", "7",
        ]
        var contents = isKey ? "" : pick(safe)
        for _ in 0..<random.below(isCareful ? 4 : 9) {
            contents += isCareful ? pick(safe) : chance(8) ? pick(wrong) : pick(plain)
        }
        if !isCareful, chance(20) { contents += String(repeating: pick(safe), count: random.below(120)) }
        return "\"\(contents)\""
    }

    /// Any JSON value.
    private mutating func value(depth: Int) -> String {
        if chance(60) {
            let (open, close) = pick([("[", "]"), (#"{"a":"#, "}")])
            let count = 10 + random.below(10)
            return String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
        }
        switch random.below(depth > 5 ? 5 : 8) {
        case 0: return pick(["true", "false", "null"])
        case 1, 2: return number(false)
        case 3, 4: return text(false)
        case 5, 6:
            let values = (0..<random.below(4)).map { _ in gap() + value(depth: depth + 1) + gap() }
            return "[" + values.joined(separator: ",") + "]"
        default:
            let members = (0..<random.below(4)).map { _ in
                member(text(false, isKey: true), value(depth: depth + 1), isQuoted: true)
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "0", "1", "-", ".", "e", "E", "+", "true", "null",
        "\"id\":", "\"x\":",
        "\"u\"", " ", "\n", "\u{0}", "\\u", "\\ud800", "é",
    ]

    private mutating func noise() -> [UInt8] {
        if chance(4) { return (0..<random.below(20)).map { _ in UInt8(random.below(256)) } }
        return Array((0..<random.below(24)).map { _ in pick(Self.tokens) }.joined().utf8)
    }

    /// Changes, removes, repeats or adds something.
    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = random.below(bytes.count)
        let end = min(bytes.count, place + 1 + random.below(8))
        switch random.below(7) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        case 2: bytes.remove(at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
        case 5: bytes.insert(contentsOf: Array(pick(Self.tokens).utf8), at: place)
        default: bytes.removeSubrange(place...)
        }
    }
}
