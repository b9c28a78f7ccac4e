/// Makes keys, mouse events and pasted text of the bytes a terminal sends, fed in pieces of any size.
///
/// ```
/// ESC [ A               CSI: bytes of 0x20-0x3F and one final of 0x40-0x7E (ECMA-48, 5.4)
/// ESC [ 5 ~             the keys above the arrows; ESC [ 5 ; 2 ~ with Shift, which is the same to us
/// ESC [ [ A             F1 on the console of Linux, and so on to F5 (console_codes(4))
/// ESC O A               SS3: the arrows in application mode
/// ESC ( B               intermediate bytes of 0x20-0x2F and one final of 0x30-0x7E (ECMA-35, 13.2.1)
/// ESC [ < 0 ; 10 ; 5 M  a mouse button over column 10 of line 5 (xterm, mode 1006); with m let go
/// ESC [ 200 ~ ...       a paste until ESC [ 201 ~ (xterm, mode 2004)
/// ESC P ... ESC \       DCS, and SOS, OSC, PM, APC, of any length (ECMA-48, 5.6; OSC also until BEL)
/// 0x9B, 0xC2 0x9B       ESC [ in one byte, or as the character of that number in UTF-8; the others alike
/// 0xC3 0xBC             a character in UTF-8
/// ```
/// What is nothing known here is passed over whole, to its final byte or its terminator however far that is,
/// and nothing of it is kept, so that no part of an answer to somebody's question presses a key; but for
/// Control-C, which is no part of anything, so that it is a way out of whatever has no end.
struct InputDecoder {
    private enum State {
        case ground
        case escape
        /// ESC and intermediate bytes.
        case intermediate
        case controlSequence(ControlSequence)
        /// ESC [ [ and the letter of a function key.
        case consoleFunction
        case singleShift
        /// A mouse report of before mode 1006: ESC [ M and three bytes.
        case oldMouse(missing: Int)
        case string(ControlString)
        case character(missing: Int, value: UInt32)
    }

    /// What is known of a control string that is passed over: nothing of what it says.
    private struct ControlString {
        /// Whether it began with one byte, and so may end with one.
        var isEightBit: Bool
        /// Nil where nothing came yet.
        var last: UInt8?
    }

    private static let controlC: UInt8 = 0x03

    private var state = State.ground
    /// Whether what comes is text from a clipboard, which must never act.
    private var isPasting = false

    /// Whether what was read may be all, or may go on at any moment: an ESC, and strings that have no end.
    var isAwaitingMore: Bool { patienceNanoseconds != nil }

    /// How long after the last byte `expire` is to be called; nil where what was read is whole, or waits for
    /// its end however long that takes.
    var patienceNanoseconds: Int64? {
        switch state {
        case .escape, .intermediate: Limits.keyNanoseconds
        // Alt with ] looks like the start of an answer; one that has begun may come over a slow line.
        case .string(let string): string.last == nil ? Limits.keyNanoseconds : Limits.answerNanoseconds
        default: nil
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
        case .intermediate: return intermediate(byte)
        case .controlSequence(let sequence): return controlSequence(byte, sequence)
        case .consoleFunction:
            state = .ground
            return pressed(Self.consoleFunction(byte))
        case .singleShift: return singleShift(byte)
        case .oldMouse(let missing): return oldMouse(byte, missing: missing)
        case .string(let string):
            pass(byte, in: string)
            return nil
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
        case 0x80...0x9F: introduce(byte, isEightBit: true)
        case 0xC2...0xDF: state = .character(missing: 1, value: UInt32(byte & 0x1F))
        case 0xE0...0xEF: state = .character(missing: 2, value: UInt32(byte & 0x0F))
        case 0xF0...0xF4: state = .character(missing: 3, value: UInt32(byte & 0x07))
        default: break
        }
        return nil
    }

    /// Takes in a control of 0x80-0x9F, which is ESC and a byte of 0x40-0x5F (ECMA-48, 5.3).
    ///
    /// In a paste it is none: a text must not be able to end its paste.
    private mutating func introduce(_ control: UInt8, isEightBit: Bool) {
        state = .ground
        guard !isPasting else { return }
        switch control {
        case 0x8F: state = .singleShift
        case 0x9B: state = .controlSequence(ControlSequence())
        case 0x90, 0x98, 0x9D, 0x9E, 0x9F: state = .string(ControlString(isEightBit: isEightBit))
        default: break
        }
    }

    private mutating func escape(_ byte: UInt8) -> TerminalInput? {
        switch byte {
        case UInt8(ascii: "["): state = .controlSequence(ControlSequence())
        case UInt8(ascii: "O"): state = .singleShift
        case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            state = .string(ControlString(isEightBit: false))
        case 0x1B: return pressed(.escape)
        case 0x20...0x2F: state = .intermediate
        default:
            // A key pressed with Alt is none that means anything here.
            state = .ground
        }
        return nil
    }

    private mutating func intermediate(_ byte: UInt8) -> TerminalInput? {
        switch byte {
        case 0x20...0x2F: return nil
        case 0x30...0x7E, 0x18, 0x1A:
            state = .ground
            return nil
        default: return ground(byte)
        }
    }

    private mutating func controlSequence(_ byte: UInt8, _ sequence: ControlSequence) -> TerminalInput? {
        switch byte {
        case 0x20...0x3F:
            var sequence = sequence
            sequence.append(byte)
            state = .controlSequence(sequence)
            return nil
        case UInt8(ascii: "M") where sequence.isEmpty:
            state = .oldMouse(missing: 3)
            return nil
        case UInt8(ascii: "[") where sequence.isEmpty:
            state = .consoleFunction
            return nil
        case 0x40...0x7E:
            state = .ground
            return finished(sequence, byte)
        default:
            // ECMA-48 has no such byte in a sequence: it was none.
            state = .ground
            return byte < 0x20 && byte != 0x18 && byte != 0x1A ? ground(byte) : nil
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
        // With parameters it tells where the cursor is.
        case UInt8(ascii: "R"): return pressed(sequence.isEmpty ? Self.final(final) : nil)
        default: return pressed(Self.final(final))
        }
    }

    private mutating func singleShift(_ byte: UInt8) -> TerminalInput? {
        // Some terminals put Shift and its like before the key.
        if (0x30...0x3F).contains(byte) { return nil }
        state = .ground
        return pressed(byte == UInt8(ascii: "M") ? .enter : Self.final(byte))
    }

    private mutating func oldMouse(_ byte: UInt8, missing: Int) -> TerminalInput? {
        // Its bytes are figures above 0x20; another one is no part of it.
        guard byte >= 0x20 else { return ground(byte) }
        state = missing > 1 ? .oldMouse(missing: missing - 1) : .ground
        return nil
    }

    private mutating func pass(_ byte: UInt8, in string: ControlString) {
        switch byte {
        // What follows ESC is its \, which does nothing, or the start of something else.
        case 0x1B: state = .escape
        case 0x07, 0x18, 0x1A: state = .ground
        // Behind other bytes it may be the rest of a character.
        case 0x9C where string.isEightBit || string.last == 0xC2: state = .ground
        default: state = .string(ControlString(isEightBit: string.isEightBit, last: byte))
        }
    }

    private mutating func continuation(_ byte: UInt8, missing: Int, value: UInt32) -> TerminalInput? {
        guard byte & 0xC0 == 0x80 else { return ground(byte) }
        let value = value << 6 | UInt32(byte & 0x3F)
        guard missing == 1 else {
            state = .character(missing: missing - 1, value: value)
            return nil
        }
        state = .ground
        if let control = UInt8(exactly: value), (0x80...0x9F).contains(control) {
            introduce(control, isEightBit: false)
        }
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
