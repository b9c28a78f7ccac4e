/// What somebody who was let in may do; the higher may all that the lower may.
public enum Role: UInt8, Sendable, CaseIterable {
    /// Watch.
    case viewer = 1
    /// Watch, read the log and see who else watches.
    case `operator` = 2

    /// Reads the word of files and options; nil of any other.
    public init?(word: some Collection<UInt8>) {
        guard let role = Role.allCases.first(where: { word.elementsEqual($0.text.utf8) }) else { return nil }
        self = role
    }

    /// The word for it in files and options.
    public var word: StaticString {
        switch self {
        case .viewer: "viewer"
        case .operator: "operator"
        }
    }

    /// The same as a string.
    public var text: String { word.description }
}
