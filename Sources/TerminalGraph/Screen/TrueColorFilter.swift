import ByteCore

/// Puts true colours into what ncurses writes for a terminal of 256 colours.
///
/// ncurses has no colours beyond the terminal's indices unless it changes what they mean, for the shell as
/// well. So a palette gives its colours indices of its own, and as the bytes pass by
/// ```
/// ESC [ 1 ; 38;5;17 m     becomes     ESC [ 1 ; 38;2;95;215;216 m
///                         or          ESC [ 1 ; 38;5;80 m           half as long, where xterm has just that
/// ```
/// in pieces of any size; everything else passes as it is, but for a parameter that is 0, which may be left
/// out (ECMA-48, 5.4.2).
struct TrueColorFilter {
    private enum State {
        case ground
        case escape
        case sequence
    }

    /// What the indices from `Palette.firstExact` on stand for, and which of xterm's colours is just that.
    private let colors: [RGB]
    private let indices: [Int16?]
    private var state = State.ground
    /// The control sequence that is not over, from behind its `[` on.
    private var held: [UInt8] = []

    /// Longer than any sequence that sets colours and attributes; what is longer is passed on as it is.
    private static let sequenceBytes = 64

    init(colors: [RGB]) {
        self.colors = colors
        indices = colors.map(\.exactOfXterm)
        held.reserveCapacity(Self.sequenceBytes)
    }

    /// Appends to `output` what is to be sent for `bytes`.
    mutating func pass(_ bytes: UnsafeRawBufferPointer, into output: inout ByteBuffer) {
        var start = 0
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            switch state {
            case .ground:
                if byte == 0x1B { state = .escape }
            case .escape:
                guard byte == UInt8(ascii: "[") else {
                    state = byte == 0x1B ? .escape : .ground
                    continue
                }
                state = .sequence
                unsafe output.append(UnsafeRawBufferPointer(rebasing: bytes[start...index]))
                start = index + 1
            case .sequence:
                start = index + 1
                held.append(byte)
                guard (0x40...0x7E).contains(byte) || held.count >= Self.sequenceBytes else { continue }
                finish(into: &output)
            }
        }
        if start < bytes.count { unsafe output.append(UnsafeRawBufferPointer(rebasing: bytes[start...])) }
    }

    private mutating func finish(into output: inout ByteBuffer) {
        state = .ground
        let isStyle = held.last == UInt8(ascii: "m")
        unsafe held.withUnsafeBytes { sequence in
            guard isStyle else { return unsafe output.append(sequence) }
            // How many of the parameters 38 or 48 and 5 were just read.
            var matched = 0
            var value = 0
            for index in sequence.indices {
                let byte = unsafe sequence[index]
                if let digit = Self.digit(byte) {
                    value = min(value * 10 + digit, 1_000)
                    continue
                }
                if matched == 2, let place = place(of: value) {
                    if let index = indices[place] {
                        output.appendDecimal(UInt64(index))
                    } else {
                        output.truncate(by: 2)
                        Self.append(colors[place], to: &output)
                    }
                } else if value > 0 {
                    output.appendDecimal(UInt64(value))
                }
                output.append(byte)
                switch (matched, value) {
                case (0, 38), (0, 48): matched = 1
                case (1, 5): matched = 2
                default: matched = 0
                }
                value = 0
            }
        }
        held.removeAll(keepingCapacity: true)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }

    private static func append(_ color: RGB, to output: inout ByteBuffer) {
        output.append("2;")
        output.appendDecimal(UInt64(color.red))
        output.append(UInt8(ascii: ";"))
        output.appendDecimal(UInt64(color.green))
        output.append(UInt8(ascii: ";"))
        output.appendDecimal(UInt64(color.blue))
    }

    private func place(of index: Int) -> Int? {
        let place = index - Palette.firstExact
        return colors.indices.contains(place) ? place : nil
    }
}
