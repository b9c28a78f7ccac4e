/// Why somebody was not signed in, as far as it is counted: an unknown name and a wrong password are one
/// thing.
public enum SignInRefusal: Int, Sendable, CaseIterable {
    /// A wrong password, or no such name.
    case credentials
    /// Too many failures of this address with this name.
    case throttledAddress
    /// Too many tries of this name, over all addresses.
    case throttledName
    /// Too many failures of this browser, which once signed in.
    case throttledDevice
    /// A ticket to take over that is not one, was used, or is too old.
    case ticket
    /// A link for the first admin that is not one, was used, or is too old.
    case invite

    /// One word for it, in logs and metrics.
    public var word: StaticString {
        switch self {
        case .credentials: "credentials"
        case .throttledAddress: "throttled-address"
        case .throttledName: "throttled-name"
        case .throttledDevice: "throttled-device"
        case .ticket: "ticket"
        case .invite: "invite"
        }
    }
}

/// How often people were signed in and were not, since the start.
public struct SignInCounters: Equatable, Sendable {
    /// Sessions that were begun.
    public internal(set) var succeeded: UInt64 = 0
    /// Right passwords that were answered with who is signed in already.
    public internal(set) var occupied: UInt64 = 0
    private var refusals = [UInt64](repeating: 0, count: SignInRefusal.allCases.count)

    /// Refusals for that reason.
    public internal(set) subscript(refusal: SignInRefusal) -> UInt64 {
        get { refusals[refusal.rawValue] }
        set { refusals[refusal.rawValue] = newValue }
    }
}
