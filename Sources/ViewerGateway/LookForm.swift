import ByteCore

/// Whom a viewer says it looks at closely: members of a JSON object, decoded.
///
/// ```
/// {"viewer":"K1rPq0cX2mVz7yQw","id":"user123","token":"..."}
/// {"viewer":"K1rPq0cX2mVz7yQw","id":null}
/// ```
struct LookForm {
    /// What the stream was named when it was asked for.
    private(set) var viewer: [UInt8] = []
    /// The visitor; empty for nobody.
    private(set) var id: [UInt8] = []
    /// The session's code, as forms send it along.
    private(set) var code: [UInt8] = []

    private static let keys: [StaticString] = ["viewer", "id", "token"]

    /// Reads a JSON object; nil of anything else, of a key twice, without `viewer` or `id`, and of a member
    /// that is not what it should be. Unknown keys are passed over.
    init?(json body: UnsafeRawBufferPointer) {
        let seen = unsafe JSONForm.read(body, keys: Self.keys) { (place, scanner) throws(JSONFault) in
            try take(place, &scanner)
        }
        guard let seen, seen.isSuperset(of: [0, 1]) else { return nil }
    }

    private mutating func take(_ place: Int, _ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
        if place == 1, scanner.next == UInt8(ascii: "n") { return try scanner.scanLiteral() == nil }
        guard let bytes = try JSONForm.text(&scanner) else { return false }
        switch place {
        case 0: viewer = bytes
        case 1:
            guard FrontLines.isID(bytes) else { return false }
            id = bytes
        default: code = bytes
        }
        return true
    }
}
