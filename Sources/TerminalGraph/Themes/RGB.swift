/// A colour by its parts of red, green and blue, and the colours nearest to it that a terminal may have.
struct RGB: Hashable, Sendable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8

    init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#rrggbb`; nil where it is not that.
    init?(_ text: Substring) {
        guard text.utf8.count == 7, text.utf8.first == UInt8(ascii: "#"),
            text.utf8.dropFirst().allSatisfy(Self.isHexDigit), let value = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        self.init(
            red: UInt8(value >> 16), green: UInt8(value >> 8 & 0xFF), blue: UInt8(value & 0xFF))
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    /// The colours of xterm that nobody changes: 216 of a cube and 24 greys (xterm's 256colres.pl). The first
    /// sixteen are the user's own.
    private static let xterm: [RGB] = {
        let steps: [UInt8] = [0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF]
        var colors: [RGB] = []
        for red in steps {
            for green in steps {
                for blue in steps { colors.append(RGB(red: red, green: green, blue: blue)) }
            }
        }
        for step in 0..<24 as Range<UInt8> {
            colors.append(RGB(red: 8 + step * 10, green: 8 + step * 10, blue: 8 + step * 10))
        }
        return colors
    }()

    /// The index of the nearest of xterm's colours from 16 on.
    var nearestOfXterm: Int16 {
        var nearest = 0
        var least = Int.max
        for (index, color) in Self.xterm.enumerated() where distance(to: color) < least {
            least = distance(to: color)
            nearest = index
        }
        return Int16(16 + nearest)
    }

    /// The index of this very colour among xterm's; nil where there is none. The first of the cube are not
    /// taken: some people have others in their place.
    var exactOfXterm: Int16? {
        Self.xterm.firstIndex(of: self).flatMap { $0 >= 6 ? Int16(16 + $0) : nil }
    }

    private func distance(to other: RGB) -> Int {
        let red = Int(red) - Int(other.red)
        let green = Int(green) - Int(other.green)
        let blue = Int(blue) - Int(other.blue)
        return red * red + green * green + blue * blue
    }

    /// Whether it is grey, or so near to it that it has no hue.
    var isGrey: Bool { Int(max(red, green, blue)) - Int(min(red, green, blue)) < 32 }

    /// Black or white, where it is grey, and else the one of the eight colours of its hue, however bright:
    /// those of a terminal are what its user made of them, and readable.
    var nearestOfEight: Int16 {
        let most = Int(max(red, green, blue))
        let range = most - Int(min(red, green, blue))
        guard !isGrey else { return most >= 0x60 ? 7 : 0 }
        func part(_ one: UInt8, _ other: UInt8, from: Int) -> Int {
            from + (Int(one) - Int(other)) * 60 / range
        }
        let degrees =
            most == Int(red)
            ? part(green, blue, from: 360) % 360
            : most == Int(green) ? part(blue, red, from: 120) : part(red, green, from: 240)
        return switch degrees {
        case 20..<75: 3
        case 75..<155: 2
        // Blue is hard to read on black, so that only what is very blue is that.
        case 155..<225: 6
        case 225..<265: 4
        case 265..<330: 5
        default: 1
        }
    }
}
