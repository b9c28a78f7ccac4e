/// Why a text is no password hash of ours.
public enum Argon2idFault: UInt8, Error, Sendable {
    case tooLong
    case notArgon2id
    case otherVersion
    case malformedParameters
    case memoryOutOfBounds
    case passesOutOfBounds
    case lanesOutOfBounds
    case malformedSalt
    case malformedDigest
    case trailingBytes

    /// What is wrong, for a person to read.
    public var reason: StaticString {
        switch self {
        case .tooLong: "is longer than 256 bytes"
        case .notArgon2id: "does not begin with $argon2id$"
        case .otherVersion: "is not of version 19"
        case .malformedParameters: "has parameters that do not read m=NUMBER,t=NUMBER,p=NUMBER"
        case .memoryOutOfBounds: "asks for less than 8 KiB a lane or more than 64 MiB"
        case .passesOutOfBounds: "asks for no pass or more than 10"
        case .lanesOutOfBounds: "asks for no lane or more than 4"
        case .malformedSalt: "has a salt that is not base64 of 8 to 48 bytes"
        case .malformedDigest: "has a hash that is not base64 of 16 to 64 bytes"
        case .trailingBytes: "has more than a salt and a hash"
        }
    }
}
