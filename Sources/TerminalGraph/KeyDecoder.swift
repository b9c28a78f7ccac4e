/// Makes keys of the bytes a terminal sends, fed in pieces of any size.
///
/// ```
/// ESC [ A            CSI: parameters 0x30-0x3F, intermediates 0x20-0x2F, one final 0x40-0x7E (ECMA-48, 5.4)
/// ESC [ 5 ~          the keys above the arrows
/// ESC O A            SS3: the arrows in application mode
/// 0xC3 0xBC          a character in UTF-8
/// ```
/// What is no key known here is passed over whole, so that a paste of escape sequences presses nothing.
struct KeyDecoder {
    private enum State {
        case ground
        case escape
        case controlSequence
        case singleShift
        case character(missing: Int, value: UInt32)
    }

    private var state = State.ground
    private var length = 0
    private var parameter = 0

    /// Whether an ESC was read and what follows it was not: the key of that name, or the start of another.
    var isAwaitingMore: Bool { if case .escape = state { true } else { false } }

    /// Takes in a byte and returns the key that it completes.
    mutating func consume(_ byte: UInt8) -> Key? {
        switch state {
        case .ground: return ground(byte)
        case .escape: return escape(byte)
        case .controlSequence: return controlSequence(byte)
        case .singleShift:
            state = .ground
            return Self.final(byte)
        case .character(let missing, let value): return continuation(byte, missing: missing, value: value)
        }
    }

    /// Nothing followed an ESC for long enough: it was the key.
    mutating func expireEscape() -> Key? {
        guard case .escape = state else { return nil }
        state = .ground
        return .escape
    }

    private mutating func ground(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x1B:
            state = .escape
            return nil
        case 0x0A, 0x0D: return .enter
        case 0x09: return .tab
        case 0x08, 0x7F: return .backspace
        case 0x00...0x1F: return .control(Unicode.Scalar(byte | 0x40))
        case 0x20..<0x7F: return .character(Unicode.Scalar(byte))
        case 0xC2...0xDF: state = .character(missing: 1, value: UInt32(byte & 0x1F))
        case 0xE0...0xEF: state = .character(missing: 2, value: UInt32(byte & 0x0F))
        case 0xF0...0xF4: state = .character(missing: 3, value: UInt32(byte & 0x07))
        default: return nil
        }
        return nil
    }

    private mutating func escape(_ byte: UInt8) -> Key? {
        length = 0
        parameter = 0
        switch byte {
        case UInt8(ascii: "["): state = .controlSequence
        case UInt8(ascii: "O"): state = .singleShift
        case 0x1B: return .escape
        default:
            // A key pressed with Alt is none that means anything here.
            state = .ground
        }
        return nil
    }

    private mutating func controlSequence(_ byte: UInt8) -> Key? {
        length += 1
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9") where length <= 3:
            parameter = parameter * 10 + Int(byte - UInt8(ascii: "0"))
            return nil
        case 0x20...0x3F:
            if length > Limits.escapeBytes { state = .ground }
            return nil
        case 0x40...0x7E:
            state = .ground
            return byte == UInt8(ascii: "~") ? Self.numbered(parameter) : Self.final(byte)
        default:
            // ECMA-48 has no such byte in a sequence: it was none.
            state = .ground
            return byte < 0x20 ? ground(byte) : nil
        }
    }

    private mutating func continuation(_ byte: UInt8, missing: Int, value: UInt32) -> Key? {
        guard byte & 0xC0 == 0x80 else {
            state = .ground
            return ground(byte)
        }
        let value = value << 6 | UInt32(byte & 0x3F)
        guard missing == 1 else {
            state = .character(missing: missing - 1, value: value)
            return nil
        }
        state = .ground
        return Unicode.Scalar(value).map { .character($0) }
    }

    private static func final(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "H"): .home
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
}
