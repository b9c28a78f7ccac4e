import ByteCore
import HTTPWire

/// What a person or a program said to be let in: fields of a form or members of a JSON object, decoded.
///
/// ```
/// name=ann&password=correct+horse&token=...&return=%2Fadmin%2Fann
/// {"name":"ann","password":"correct horse","takeOver":false}
/// ```
struct SignInForm {
    var name: [UInt8] = []
    var password: [UInt8] = []
    /// The password once more, where one is chosen.
    var again: [UInt8] = []
    /// The form's own code, or the session's.
    var code: [UInt8] = []
    /// Of the link for the first admin.
    var invite: [UInt8] = []
    /// Of an offer to take a session over.
    var ticket: [UInt8] = []
    /// Where to go on afterwards.
    var path: [UInt8] = []
    /// Ends every session of the same admin.
    var isEverywhere = false
    /// Ends the other session without asking first.
    var takesOver = false

    /// One that says nothing.
    init() {}

    /// Reads the body of a form (WHATWG URL, application/x-www-form-urlencoded); nil where an escape is none.
    init?(urlEncoded body: UnsafeRawBufferPointer) {
        let query = unsafe HTTPQuery(body)
        guard let name = Self.field("name", of: query), let password = Self.field("password", of: query),
            let again = Self.field("again", of: query), let code = Self.field("token", of: query),
            let invite = Self.field("invite", of: query), let ticket = Self.field("ticket", of: query),
            let path = Self.field("return", of: query), let place = Self.field("where", of: query)
        else { return nil }
        self.name = name
        self.password = password
        self.again = again
        self.code = code
        self.invite = invite
        self.ticket = ticket
        self.path = path
        isEverywhere = place.elementsEqual("everywhere".utf8)
    }

    private static func field(_ name: StaticString, of query: HTTPQuery) -> [UInt8]? {
        guard let value = unsafe query.value(of: name) else { return [] }
        var text = ByteBuffer(capacity: value.count)
        guard unsafe text.appendPercentDecoded(value, plusIsSpace: true) else { return nil }
        return unsafe Array(text.readable)
    }

    /// Reads a JSON object; nil of anything else, of a key twice, or of a member that is not what it should
    /// be.
    init?(json body: UnsafeRawBufferPointer) {
        let seen = unsafe JSONForm.read(body, keys: Self.keys) { (place, scanner) throws(JSONFault) in
            try take(place, &scanner)
        }
        guard seen != nil else { return nil }
    }

    private static let keys: [StaticString] = [
        "name", "password", "ticket", "token", "takeOver", "everywhere",
    ]

    private mutating func take(_ place: Int, _ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
        if place >= 4 {
            guard scanner.next == UInt8(ascii: "t") || scanner.next == UInt8(ascii: "f"),
                let value = try scanner.scanLiteral()
            else { return false }
            if place == 4 { takesOver = value } else { isEverywhere = value }
            return true
        }
        guard let bytes = try JSONForm.text(&scanner) else { return false }
        switch place {
        case 0: name = bytes
        case 1: password = bytes
        case 2: ticket = bytes
        default: code = bytes
        }
        return true
    }
}
