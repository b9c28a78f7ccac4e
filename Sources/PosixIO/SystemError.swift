public import Glibc

/// A system call that failed: which one, and why.
public struct SystemError: Error, Equatable {
    /// The call, for example `bind`.
    public let operation: String
    /// errno(3) after the call.
    public let code: Int32

    /// Captures `code`, by default what errno holds now.
    public init(_ operation: StaticString, code: Int32 = errno) {
        self.operation = "\(operation)"
        self.code = code
    }

    /// A sentence for a person: `bind: Address already in use`.
    public var text: String { "\(operation): \(reason)" }

    /// The same without the call: `Address already in use`.
    public var reason: String { unsafe String(cString: strerror(code)) }
}
