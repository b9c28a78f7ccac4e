/// What stands between `ESC [` and the final byte of a control sequence (ECMA-48, 5.4).
struct ControlSequence {
    /// The first parameters; 0 where one is not given.
    private(set) var first = 0
    private(set) var second = 0
    private(set) var third = 0
    /// Which of them is being read.
    private var index = 0
    private var length = 0
    /// `<`, where the sequence began with it.
    private var isMouse = false
    private var hasOther = false
    /// More bytes than any key has: the rest is passed over to its final byte.
    private var isTooLong: Bool { length > Limits.escapeBytes }

    /// Whether nothing came yet.
    var isEmpty: Bool { length == 0 }

    /// Whether there is nothing but parameters: no private ones, no parts of them, no intermediate bytes.
    var isPlain: Bool { !isMouse && !hasOther && !isTooLong }

    /// Takes in a byte of 0x20-0x3F; of those beyond the limit nothing is kept.
    mutating func append(_ byte: UInt8) {
        guard !isTooLong else { return }
        length += 1
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): add(digit: Int(byte - UInt8(ascii: "0")))
        case UInt8(ascii: ";"): index += 1
        case UInt8(ascii: "<") where length == 1: isMouse = true
        default: hasOther = true
        }
    }

    private mutating func add(digit: Int) {
        // A figure that is too large stays so, whatever its last digits are.
        func appending(_ value: Int) -> Int { min(value * 10 + digit, Limits.escapeParameter) }
        switch index {
        case 0: first = appending(first)
        case 1: second = appending(second)
        case 2: third = appending(third)
        default: hasOther = true
        }
    }

    /// The mouse event of `ESC [ < b ; x ; y M` (or `m`, for a button let go); nil for motion
    /// without a button, for buttons nobody has and for anything else.
    ///
    /// Of b, bits 0-1 are the button, 2-4 Shift, Meta and Control, 5 is motion, 6 the wheel (xterm's
    /// ctlseqs, "Extended coordinates").
    func mouseEvent(_ final: UInt8) -> MouseEvent? {
        let isPress = final == UInt8(ascii: "M")
        guard isMouse, !hasOther, !isTooLong, index == 2, isPress || final == UInt8(ascii: "m"),
            (1..<Limits.escapeParameter).contains(second), (1..<Limits.escapeParameter).contains(third),
            let action = Self.action(of: first & ~0x1C, isPress: isPress)
        else { return nil }
        return MouseEvent(action, row: third - 1, column: second - 1)
    }

    private static func action(of code: Int, isPress: Bool) -> MouseEvent.Action? {
        switch (code, isPress) {
        case (0, true): .press(.left)
        case (1, true): .press(.middle)
        case (2, true): .press(.right)
        case (0...2, false): .release
        case (32, true): .drag(.left)
        case (33, true): .drag(.middle)
        case (34, true): .drag(.right)
        case (64, true): .wheelUp
        case (65, true): .wheelDown
        default: nil
        }
    }
}
