import ByteCore
import TestSupport

@testable import PointerEvents

/// A page that does whatever pages do, told to an encoder, and what has to come of it; the same for the same
/// seed.
struct WireStory {
    /// A sample that a message holds, as viewers get it.
    struct Expected {
        /// All of it where no message is missing.
        var text: String
        /// How it begins whatever is missing: place, time, kind and buttons.
        var beginning: String
        /// Whether the pointer is on the page afterwards; nil where that is as before.
        var isOnPage: Bool?
        /// What it begins with were the pointer off the page, where that makes another sample of it.
        var beginningOffPage: String?
    }

    struct Message {
        var number: UInt64
        var bytes: [UInt8]
        var samples: [Expected] = []
        var isVisible: Bool?
        var beginsWithSync = false
        var saysBye = false
    }

    private var random: SplitMix64
    private var encoder = WireV1Encoder()
    private var x: Int32 = 0
    private var y: Int32 = 0
    private var scroll: (x: Int32, y: Int32) = (0, 0)
    private var time: Int64 = 1_732_109_508_000
    private var isOnPage = false
    /// What the next sample says besides.
    private var type: PointerType?
    private var unsaidType: PointerType?
    private var unsaidName: String?

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func receivedResync() { encoder.receivedResync() }

    /// The first message.
    mutating func hello() -> Message {
        var hello = WireV1Hello()
        hello.isPlaceKnown = random.below(3) > 0
        hello.isVisible = random.below(2) == 0
        hello.clock = time
        hello.instance = random.next()
        (hello.x, hello.y) = hello.isPlaceKnown ? (place(), place()) : (0, 0)
        (hello.scrollX, hello.scrollY) = (0, Int32(random.below(5_000)))
        (hello.width, hello.height, hello.documentWidth, hello.documentHeight) = (
            size(), size(), size(), size()
        )
        type = [nil, .mouse, .pen, .touch][random.below(4)]
        hello.pointerType = type
        (x, y, scroll, isOnPage) = (hello.x, hello.y, (hello.scrollX, hello.scrollY), hello.isPlaceKnown)
        unsaidType = type
        if random.below(3) == 0 { unsaidName = text(1) }
        let (path, name) = ("/" + text(0), unsaidName ?? "")
        var buffer = ByteBuffer()
        Array(path.utf8).withUnsafeBytes { path in
            Array(name.utf8).withUnsafeBytes { name in
                hello.path = path
                hello.name = name
                encoder.appendHello(hello, to: &buffer)
            }
        }
        let keys: [(String, Int32?)] = [
            ("w", hello.width), ("h", hello.height), ("p", nil), ("sx", scroll.x), ("sy", scroll.y),
            ("dw", hello.documentWidth), ("dh", hello.documentHeight),
        ]
        let expected = sample(isOnPage ? .move : .leave, keys, page: path)
        return Message(
            number: 0, bytes: Array(buffer.readable), samples: [expected], isVisible: hello.isVisible)
    }

    /// The next message; `isLast` for one that ends with a bye.
    mutating func message(isLast: Bool = false) -> Message {
        var buffer = ByteBuffer()
        if random.below(3) == 0 { time += Int64(2 * random.below(100)) }
        encoder.beginMessage(at: time, to: &buffer)
        var message = Message(number: encoder.number, bytes: [])
        message.beginsWithSync = buffer.count > 1
        for _ in 0..<random.below(6) { append(to: &message, &buffer) }
        if isLast {
            pass(random.below(100))
            encoder.appendBye(at: time, to: &buffer)
            message.saysBye = true
        }
        message.bytes = Array(buffer.readable)
        return message
    }

    private mutating func append(to message: inout Message, _ buffer: inout ByteBuffer) {
        switch random.below(20) {
        case 0...8: message.samples.append(move(&buffer))
        case 9...12: message.samples.append(press(&buffer))
        case 13: message.samples.append(click(&buffer))
        case 14, 15: message.samples.append(turn(&buffer))
        case 16: message.samples.append(resize(&buffer))
        case 17: message.samples.append(page(&buffer))
        case 18:
            if random.below(2) == 0 {
                let name = text(1)
                unsaidName = name
                Array(name.utf8).withUnsafeBytes { encoder.appendName($0, to: &buffer) }
            } else {
                let next: PointerType? = [nil, .mouse, .pen, .touch][random.below(4)]
                encoder.appendPointer(next, to: &buffer)
                if next != type { unsaidType = next }
                type = next
            }
        default:
            pass(random.below(3_000))
            message.isVisible = random.below(2) == 0
            encoder.appendVisibility(message.isVisible ?? false, at: time, to: &buffer)
        }
    }

    private mutating func move(_ buffer: inout ByteBuffer) -> Expected {
        // Mostly a pace that is kept, and steps on both sides of what two bytes can say.
        pass(random.below(4) == 0 ? random.below(60) : 14 + random.below(6))
        let far = random.below(8) == 0
        go(far ? random.below(4_000) - 2_000 : random.below(136) - 68, random.below(72) - 36)
        encoder.appendMove(x: x, y: y, at: time, to: &buffer)
        isOnPage = true
        return sample(.move, onPage: true)
    }

    private mutating func press(_ buffer: inout ByteBuffer) -> Expected {
        let kind: PointerKind = [.down, .up, .cancel, .enter, .leave][random.below(5)]
        let buttons = UInt16(random.below(random.below(4) == 0 ? 65_536 : 4))
        pass(random.below(300))
        go(random.below(20) - 10, random.below(20) - 10)
        encoder.append(kind, x: x, y: y, buttons: buttons, at: time, to: &buffer)
        let isPress = kind == .down || kind == .up
        let change: Bool? = kind == .leave ? false : kind == .down || kind == .enter ? true : nil
        isOnPage = change ?? isOnPage
        return sample(kind, buttons: isPress ? buttons : nil, onPage: change)
    }

    private mutating func click(_ buffer: inout ByteBuffer) -> Expected {
        let element = random.below(3) == 0 ? "" : text(0)
        pass(random.below(4))
        go(random.below(2_000) - 1_000, random.below(2_000) - 1_000)
        Array(element.utf8).withUnsafeBytes {
            encoder.appendClick(element: $0, x: x, y: y, at: time, to: &buffer)
        }
        return sample(.click, element: element.isEmpty ? nil : element)
    }

    private mutating func turn(_ buffer: inout ByteBuffer) -> Expected {
        pass(random.below(100))
        if random.below(3) == 0 {
            encoder.appendWheel(x: place(), y: place(), at: time, to: &buffer)
            return sample(.scroll)
        }
        scroll = (scroll.x + Int32(random.below(5)), Int32(random.below(10_000)))
        encoder.appendScroll(toX: scroll.x, y: scroll.y, at: time, to: &buffer)
        return sample(.scroll, [("sx", scroll.x), ("sy", scroll.y)])
    }

    private mutating func resize(_ buffer: inout ByteBuffer) -> Expected {
        pass(random.below(1_000))
        let sizes = [size(), size(), size(), size()]
        encoder.appendResize(
            width: sizes[0], height: sizes[1], documentWidth: sizes[2], documentHeight: sizes[3], at: time,
            to: &buffer)
        return surroundings([("w", sizes[0]), ("h", sizes[1]), ("dw", sizes[2]), ("dh", sizes[3])])
    }

    private mutating func page(_ buffer: inout ByteBuffer) -> Expected {
        pass(random.below(100_000))
        let path = "/" + text(0)
        let sizes = [size(), size()]
        scroll = (0, Int32(random.below(100)))
        Array(path.utf8).withUnsafeBytes {
            encoder.appendPage(
                path: $0, scrollX: 0, scrollY: scroll.y, documentWidth: sizes[0], documentHeight: sizes[1],
                at: time, to: &buffer)
        }
        return surroundings(
            [("p", nil), ("sx", 0), ("sy", scroll.y), ("dw", sizes[0]), ("dh", sizes[1])], page: path)
    }

    private mutating func surroundings(_ keys: [(String, Int32?)], page: String = "") -> Expected {
        var expected = sample(isOnPage ? .move : .leave, keys, page: page)
        expected.beginning = beginning(.move)
        expected.beginningOffPage = beginning(.leave)
        return expected
    }

    /// Time goes on; what the wire says of it is even, to the nearest.
    private mutating func pass(_ milliseconds: Int) { time += Int64((milliseconds + 1) / 2 * 2) }

    private mutating func go(_ dx: Int, _ dy: Int) {
        let bound = Int32(WireV1Limits.position)
        x = max(-bound, min(bound, x + Int32(dx)))
        y = max(-bound, min(bound, y + Int32(dy)))
    }

    private mutating func place() -> Int32 {
        random.below(20) == 0
            ? [-1, 1][random.below(2)] * Int32(WireV1Limits.position) : Int32(random.below(3_000)) - 500
    }

    private mutating func size() -> Int32 {
        random.below(20) == 0 ? Int32(WireV1Limits.position) : Int32(random.below(3_000))
    }

    private mutating func text(_ least: Int) -> String {
        let letters = ["a", "Z", "-", "é", "\"", "\u{200B}", "🖱", "_"]
        return (0..<least + random.below(6)).map { _ in letters[random.below(letters.count)] }.joined()
    }

    private func beginning(_ kind: PointerKind, _ buttons: UInt16? = nil) -> String {
        let said = kind == .move ? "" : ",\"k\":\"\(kind.word)\""
        return #"{"id":"u","x":\#(x),"y":\#(y),"t":\#(time)"# + said + (buttons.map { ",\"b\":\($0)" } ?? "")
    }

    /// The sample that is due now, with what no sample has said yet.
    private mutating func sample(
        _ kind: PointerKind, _ keys: [(String, Int32?)] = [], buttons: UInt16? = nil, page: String = "",
        element: String? = nil, onPage: Bool? = nil
    ) -> Expected {
        let beginning = beginning(kind, buttons)
        var text = beginning
        for (key, value) in keys { text += ",\"\(key)\":" + (value.map { "\($0)" } ?? quoted(page)) }
        if let unsaidType { text += ",\"pt\":\"\(unsaidType.word)\"" }
        if let unsaidName { text += ",\"n\":" + quoted(unsaidName) }
        if let element { text += ",\"el\":" + quoted(element) }
        unsaidType = nil
        unsaidName = nil
        return Expected(text: text + "}", beginning: beginning, isOnPage: onPage)
    }
}
