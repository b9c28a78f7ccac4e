import ByteCore
import PosixIO

/// What `version --json` prints.
enum VersionText {
    /// One JSON object in a line.
    static var json: String {
        var buffer = ByteBuffer()
        buffer.append("{")
        let members = [
            ("version", productVersion), ("commit", BuildFacts.commit), ("toolchain", BuildFacts.toolchain),
            ("build", BuildFacts.type),
        ]
        for (index, member) in members.enumerated() {
            buffer.append(index == 0 ? "\"" : ",\"")
            buffer.append(text: member.0)
            buffer.append("\":")
            var value = member.1
            value.withUTF8 { unsafe buffer.appendJSONString(UnsafeRawBufferPointer($0)) }
        }
        buffer.append("}\n")
        return unsafe String(decoding: buffer.readable, as: UTF8.self)
    }
}
