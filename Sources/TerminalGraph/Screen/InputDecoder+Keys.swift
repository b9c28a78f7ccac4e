/// Which keys the sequences of terminals are.
extension InputDecoder {
    static func final(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "Z"): .backTab
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(byte - UInt8(ascii: "P") + 1)
        default: nil
        }
    }

    /// `ESC [ [ A` to `E`.
    static func consoleFunction(_ letter: UInt8) -> Key? {
        (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(letter)
            ? .function(letter - UInt8(ascii: "A") + 1) : nil
    }

    static func numbered(_ parameter: Int) -> Key? {
        switch parameter {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        // In groups of five or six, as the keys lay on the VT220.
        case 11...15: .function(UInt8(parameter - 10))
        case 17...21: .function(UInt8(parameter - 11))
        case 23...24: .function(UInt8(parameter - 12))
        default: nil
        }
    }

    /// A key by its code point, as terminals send it that a program before us told to and did not tell back
    /// (CSI u); modifiers are 1 and a bit each, and 0 where none are given.
    static func coded(_ code: Int, modifiers: Int) -> Key? {
        switch (code, modifiers) {
        case (9, 2): .backTab
        case (9, 0...1): .tab
        case (13, 0...1): .enter
        case (27, 0...1): .escape
        case (127, 0...1): .backspace
        case (0x20..<0x7F, 0...1): .character(Unicode.Scalar(UInt8(code)))
        case (0x61...0x7A, 5): .control(Unicode.Scalar(UInt8(code) & 0x5F))
        default: nil
        }
    }
}
