/// The one field that names the client: its name, and how its value is written.
public struct ForwardedField: Hashable, Sendable {
    /// How a value reads.
    enum Syntax {
        /// Addresses separated by commas; each proxy has appended its own client.
        case list
        /// The same as `for=` parameters (RFC 7239).
        case forwarded
        /// One address: a proxy has put it in the place of whatever stood there.
        case single
    }

    /// In lower case.
    public let name: String
    let syntax: Syntax

    /// What is believed where nobody says otherwise.
    public static let standard = ForwardedField(name: "x-forwarded-for")

    /// Why a name cannot be taken, and the mend.
    public struct ParseError: Error, Equatable {
        /// In words that stand behind the name.
        public let complaint: String
    }

    private static let longestName = 64
    /// Fields that people take for it, and that name something else.
    private static let others = [
        "host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-server", "via",
    ]

    private init(name: String) {
        self.name = name
        if name == "forwarded" {
            syntax = .forwarded
        } else {
            syntax = name.hasSuffix("forwarded-for") ? .list : .single
        }
    }

    /// Takes the name of a field, in whatever case.
    public init(parsing text: String) throws(ParseError) {
        let name = text.lowercased()
        let isToken = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isToken, (1...Self.longestName).contains(text.utf8.count) else {
            throw ParseError(
                complaint: "must be the name of one header, for example X-Forwarded-For or X-Real-IP")
        }
        guard !Self.others.contains(name) else {
            throw ParseError(
                complaint: "names no client; a header like X-Forwarded-For, Forwarded or X-Real-IP does")
        }
        self.init(name: name)
    }
}

/// Why a value that should name a client is not believed.
public enum ForwardedFault: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Nothing stands in it.
    case empty
    /// It cannot be read as what its field holds.
    case malformed
    /// More than one address stands where there can be only one.
    case repeated

    /// As metrics call it.
    public var word: StaticString {
        switch self {
        case .empty: "empty"
        case .malformed: "malformed"
        case .repeated: "repeated"
        }
    }
}
