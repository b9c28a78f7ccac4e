import ByteCore
import PointerEvents

/// Reads what the terminal's process says: a line each, and every line that is none of these is passed over.
///
/// ```
/// detach          it wants to be let go
/// look user123    somebody looks at this visitor closely; the id is all that stands behind the first blank
/// look            nobody does any more
/// ```
struct FrontLines {
    /// What a line says.
    enum Word: Equatable {
        case detach
        /// Empty for nobody.
        case look([UInt8])
    }

    private static let look = Array("look".utf8)
    /// The longest line of these, `look ` and an id.
    static let lineBytes = 5 + PointerEvents.Limits.idBytes

    /// The line so far, as long as it may be one of these.
    var line: [UInt8] = []
    private var isTooLong = false

    /// Takes bytes as they come, whole lines or not; calls `said` with what each line says, and its length
    /// with the line feed.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, _ said: (Word, _ length: Int) -> Void) {
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            if byte == UInt8(ascii: "\n") {
                if !isTooLong, let word = Self.word(line) { said(word, line.count + 1) }
                line.removeAll(keepingCapacity: true)
                isTooLong = false
            } else if line.count < Self.lineBytes {
                line.append(byte)
            } else {
                isTooLong = true
            }
        }
    }

    private static func word(_ line: [UInt8]) -> Word? {
        if line.elementsEqual("detach".utf8) { return .detach }
        guard line.starts(with: look) else { return nil }
        if line.count == look.count { return .look([]) }
        let id = Array(line.dropFirst(look.count + 1))
        return line[look.count] == UInt8(ascii: " ") && isID(id) ? .look(id) : nil
    }

    /// Whether bytes are what a visitor's id can be: UTF-8 without control characters.
    static func isID(_ bytes: [UInt8]) -> Bool {
        guard (1...PointerEvents.Limits.idBytes).contains(bytes.count) else { return false }
        return unsafe bytes.withUnsafeBytes { unsafe UTF8Validator.isValid($0) }
            && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
