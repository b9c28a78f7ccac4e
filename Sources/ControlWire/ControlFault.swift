/// Why a line is no request.
public enum ControlFault: Error, Equatable, Sendable {
    case empty
    /// Other bytes than printable ASCII.
    case notText
    /// Longer than `ControlLimits.requestBytes`.
    case tooLong
    /// More was sent ahead than is kept.
    case tooMuch
    case unknown(String)
    /// The word needs an argument.
    case missing(ControlRequest.Word)
    /// The word has an argument too many.
    case surplus(ControlRequest.Word)
    /// The argument is no number of these.
    case outside(ControlRequest.Word, ClosedRange<Int>)

    /// As it is counted.
    public var label: StaticString {
        switch self {
        case .empty, .unknown, .missing, .surplus, .outside: "unknown"
        case .notText: "malformed"
        case .tooLong, .tooMuch: "too_long"
        }
    }

    /// One line for a person.
    public var reason: String {
        switch self {
        case .empty: "an empty line asks for nothing; \(Self.words)"
        case .notText: "a request is a line of words in ASCII; \(Self.words)"
        case .tooLong: "a request has at most \(ControlLimits.requestBytes) bytes, its line feed among them"
        case .tooMuch:
            "more than \(ControlLimits.aheadBytes) bytes came ahead of the answers; wait for each"
        case .unknown(let word): "there is no request '\(Self.quoted(word))'; \(Self.words)"
        case .missing(let word): "\(word.rawValue) needs a number behind it"
        case .surplus(let word): "\(word.rawValue) has too much behind it"
        case .outside(let word, let range):
            "\(word.rawValue) takes a whole number from \(range.lowerBound) to \(range.upperBound)"
        }
    }

    private static var words: String {
        "requests are " + ControlRequest.Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func quoted(_ word: String) -> String {
        guard word.utf8.count > ControlLimits.quotedBytes else { return word }
        return word.prefix(ControlLimits.quotedBytes) + "..."
    }
}

/// Why a request was not done, in the words of sysexits.h.
public struct ControlRefusal: Error, Equatable, Sendable {
    /// One line for a person.
    public let reason: String
    /// The exit status of whoever asked.
    public let status: Int32

    /// Says why.
    public init(_ reason: String, status: Int32) {
        self.reason = reason
        self.status = status
    }
}
