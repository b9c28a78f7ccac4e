import Secrets

/// A key in a file of its own: one line of 43 characters of base64url.
enum KeyFile {
    /// The key in the file's bytes; nil where there is none.
    static func key(in bytes: [UInt8]) -> SecretBytes? {
        SecretBytes(text: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...])
    }

    /// What the file of a key holds.
    static func bytes(of key: SecretBytes) -> [UInt8] { key.text + [UInt8(ascii: "\n")] }

    /// A new one.
    static func draw() -> SecretBytes {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<4).flatMap { _ in
            unsafe withUnsafeBytes(of: generator.next() as UInt64) { unsafe Array($0) }
        }
        guard let key = SecretBytes(bytes) else { preconditionFailure("four words are 32 bytes") }
        return key
    }
}
