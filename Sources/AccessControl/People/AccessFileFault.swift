/// Why a file of this room is not to be trusted, and where.
public struct AccessFileFault: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case tooLong, cutShort, notThisFile, unknownVersion, checksum
        case malformedRecord, malformedName, unknownRole, malformedScope, malformedHash, malformedTime
        case repeatedName, tooMany
    }

    /// The line, of which the first is 1.
    public let line: Int
    /// What is wrong there.
    public let kind: Kind

    /// Makes one.
    public init(line: Int, kind: Kind) {
        self.line = line
        self.kind = kind
    }

    /// What is wrong, for a person to read.
    public var reason: StaticString {
        switch kind {
        case .tooLong: "the file is longer than one of its kind can be"
        case .cutShort: "the file ends before its checksum"
        case .notThisFile: "the file is not of this kind"
        case .unknownVersion: "the file is of a version that this program does not know"
        case .checksum: "the checksum does not fit: something before it was changed"
        case .malformedRecord: "a record does not have its fields"
        case .malformedName: "a name has 1 to 64 letters, digits, dots, hyphens, underscores and tildes"
        case .unknownRole: "a role is viewer or operator"
        case .malformedScope: "a scope is - or patterns as page:/shop/*"
        case .malformedHash: "a password's hash is an argon2id string"
        case .malformedTime: "a time is in seconds since 1970, or - where there is none"
        case .repeatedName: "the name stands in the file before"
        case .tooMany: "there are more records than 4,096"
        }
    }
}
