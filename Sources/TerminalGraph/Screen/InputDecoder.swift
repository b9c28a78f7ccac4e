/// Makes keys, mouse events and pasted text of the bytes a terminal sends, fed in pieces of any size.
///
/// ```
/// ESC [ A               CSI: bytes of 0x20-0x3F and one final of 0x40-0x7E (ECMA-48, 5.4)
/// ESC [ 5 ~             the keys above the arrows; ESC [ 5 ; 2 ~ with Shift, which is the same to us
/// ESC O A               SS3: the arrows in application mode
/// ESC [ < 0 ; 10 ; 5 M  a mouse button over column 10 of line 5 (xterm, mode 1006); with m let go
/// ESC [ 200 ~ ...       a paste until ESC [ 201 ~ (xterm, mode 2004)
/// 0xC3 0xBC             a character in UTF-8
/// ```
/// What is nothing known here is passed over whole, so that no part of it presses a key; but for Control-C,
/// which is no part of anything, so that it is a way out of whatever has no end.
struct InputDecoder {
    private enum State {
        case ground
        case escape
        case controlSequence(ControlSequence)
        case singleShift
        /// A mouse report of before mode 1006: ESC [ M and three bytes.
        case oldMouse(missing: Int)
        /// A terminal's answer to somebody's question, until BEL or ESC \ (DCS, SOS, OSC, PM, APC).
        case string(length: Int)
        case character(missing: Int, value: UInt32)
    }

    private static let controlC: UInt8 = 0x03

    private var state = State.ground
    /// Whether what comes is text from a clipboard, which must never act.
    private var isPasting = false

    /// Whether what was read may be all, or may go on at any moment: an ESC, and strings that have no end.
    var isAwaitingMore: Bool {
        switch state {
        case .escape, .string: true
        default: false
        }
    }

    /// Takes in a byte and returns what it completes.
    mutating func consume(_ byte: UInt8) -> TerminalInput? {
        guard byte != Self.controlC else {
            state = .ground
            return .key(.control("C"))
        }
        switch state {
        case .ground: return ground(byte)
        case .escape: return escape(byte)
        case .controlSequence(let sequence): return controlSequence(byte, sequence)
        case .singleShift:
            state = .ground
            return pressed(byte == UInt8(ascii: "M") ? .enter : Self.final(byte))
        case .oldMouse(let missing): return oldMouse(byte, missing: missing)
        case .string(let length): return string(byte, length: length)
        case .character(let missing, let value): return continuation(byte, missing: missing, value: value)
        }
    }

    /// Nothing followed for long enough: an ESC was the key, and Alt with a letter was no string's start.
    mutating func expire() -> TerminalInput? {
        guard isAwaitingMore else { return nil }
        defer { state = .ground }
        if case .escape = state { return pressed(.escape) }
        return nil
    }

    private mutating func ground(_ byte: UInt8) -> TerminalInput? {
        state = .ground
        switch byte {
        case 0x1B: state = .escape
        case 0x0A, 0x0D: return pressed(.enter)
        case 0x09: return pressed(.tab)
        case 0x08, 0x7F: return pressed(.backspace)
        case 0x00...0x1F: return pressed(.control(Unicode.Scalar(byte | 0x40)))
        case 0x20..<0x7F: return written(Unicode.Scalar(byte))
        case 0xC2...0xDF: state = .character(missing: 1, value: UInt32(byte & 0x1F))
        case 0xE0...0xEF: state = .character(missing: 2, value: UInt32(byte & 0x0F))
        case 0xF0...0xF4: state = .character(missing: 3, value: UInt32(byte & 0x07))
        default: break
        }
        return nil
    }

    private mutating func escape(_ byte: UInt8) -> TerminalInput? {
        switch byte {
        case UInt8(ascii: "["): state = .controlSequence(ControlSequence())
        case UInt8(ascii: "O"): state = .singleShift
        case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            state = .string(length: 0)
        case 0x1B: return pressed(.escape)
        default:
            // A key pressed with Alt is none that means anything here.
            state = .ground
        }
        return nil
    }

    private mutating func controlSequence(_ byte: UInt8, _ sequence: ControlSequence) -> TerminalInput? {
        var sequence = sequence
        switch byte {
        case 0x20...0x3F:
            state = sequence.append(byte) ? .controlSequence(sequence) : .ground
            return nil
        case UInt8(ascii: "M") where sequence.isEmpty:
            state = .oldMouse(missing: 3)
            return nil
        case 0x40...0x7E:
            state = .ground
            return finished(sequence, byte)
        default:
            // ECMA-48 has no such byte in a sequence: it was none.
            state = .ground
            return byte < 0x20 ? ground(byte) : nil
        }
    }

    private mutating func finished(_ sequence: ControlSequence, _ final: UInt8) -> TerminalInput? {
        if final == UInt8(ascii: "~"), sequence.isPlain, sequence.first == 200 || sequence.first == 201 {
            isPasting = sequence.first == 200
            return nil
        }
        if let event = sequence.mouseEvent(final) { return isPasting ? nil : .mouse(event) }
        guard sequence.isPlain else { return nil }
        switch final {
        case UInt8(ascii: "~"): return pressed(Self.numbered(sequence.first))
        case UInt8(ascii: "u"): return pressed(Self.coded(sequence.first, modifiers: sequence.second))
        default: return pressed(Self.final(final))
        }
    }

    private mutating func oldMouse(_ byte: UInt8, missing: Int) -> TerminalInput? {
        // Its bytes are figures above 0x20; another one is no part of it.
        guard byte >= 0x20 else { return ground(byte) }
        state = missing > 1 ? .oldMouse(missing: missing - 1) : .ground
        return nil
    }

    private mutating func string(_ byte: UInt8, length: Int) -> TerminalInput? {
        switch byte {
        // What follows ESC is its \, which does nothing, or the start of something else.
        case 0x1B: state = .escape
        case 0x07, 0x18, 0x1A: state = .ground
        default: state = length < Limits.answerBytes ? .string(length: length + 1) : .ground
        }
        return nil
    }

    private mutating func continuation(_ byte: UInt8, missing: Int, value: UInt32) -> TerminalInput? {
        guard byte & 0xC0 == 0x80 else { return ground(byte) }
        let value = value << 6 | UInt32(byte & 0x3F)
        guard missing == 1 else {
            state = .character(missing: missing - 1, value: value)
            return nil
        }
        state = .ground
        // U+0080 to U+009F are control characters no keyboard has.
        guard value >= 0xA0, let scalar = Unicode.Scalar(value) else { return nil }
        return written(scalar)
    }

    private func written(_ scalar: Unicode.Scalar) -> TerminalInput {
        isPasting ? .paste(scalar) : .key(.character(scalar))
    }

    /// A key, unless it is part of a paste: there a line feed is no Enter.
    private func pressed(_ key: Key?) -> TerminalInput? {
        guard let key, !isPasting else { return nil }
        return .key(key)
    }
}

extension InputDecoder {
    private static func final(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "Z"): .backTab
        default: nil
        }
    }

    private static func numbered(_ parameter: Int) -> Key? {
        switch parameter {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        default: nil
        }
    }

    /// A key by its code point, as terminals send it that a program before us told to and did not tell back
    /// (CSI u); modifiers are 1 and a bit each, and 0 where none are given.
    private static func coded(_ code: Int, modifiers: Int) -> Key? {
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
