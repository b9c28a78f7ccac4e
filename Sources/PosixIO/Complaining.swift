import ByteCore
import Glibc

/// Says on standard error what is wrong, in one line; whoever reads it is waited for a second at most.
public func complain(_ message: String) {
    NonblockingOutput.say("pointerscope: \(oneLine(message))\n", on: STDERR_FILENO)
}

/// The text as one line that steers no terminal: it may quote what strangers wrote. Very long ones are cut.
public func oneLine(_ text: String) -> String {
    var line = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == lineScalars { return line + "..." }
        let isSeen = scalar.value >= 0x20 && !UnseenCharacter.contains(scalar.value)
        if isSeen, scalar.properties.generalCategory != .privateUse {
            line.unicodeScalars.append(scalar)
        } else {
            line += "?"
        }
    }
    return line
}

/// More than any message of ours has.
private let lineScalars = 1_000

/// Writes a text as far as the descriptor takes it, and says whether that was all of it; its reader is waited
/// for, as whoever asked for an answer expects.
@discardableResult
public func writeText(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        var offset = 0
        while offset < bytes.count {
            let count = unsafe write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }
}
