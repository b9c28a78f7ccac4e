import PointerEvents

/// Which of a channel's texts a record gives a number to; each kind has numbers of its own.
public enum RelayText: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// A page's path, at most 256 bytes.
    case page = 0
    /// A visitor's name, 1 to 64 bytes.
    case name = 1
    /// What was clicked, at most 64 bytes.
    case element = 2

    /// How long one may be.
    var byteCounts: ClosedRange<Int> {
        switch self {
        case .page: 0...Limits.pageBytes
        case .name: 1...Limits.nameBytes
        case .element: 0...Limits.elementBytes
        }
    }
}
