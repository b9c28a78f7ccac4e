/// What the pointer did; the raw values are the wire's.
public enum PointerKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case move = 0
    case down = 1
    case up = 2
    case click = 3
    case scroll = 4
    case enter = 5
    /// The pointer left the page; the visitor is still present.
    case leave = 6
    /// The press or the stroke is over without a release: the browser took it over, as to scroll.
    case cancel = 7

    /// The word of the JSON format.
    public var word: StaticString {
        switch self {
        case .move: "move"
        case .down: "down"
        case .up: "up"
        case .click: "click"
        case .scroll: "scroll"
        case .enter: "enter"
        case .leave: "leave"
        case .cancel: "cancel"
        }
    }

    /// Whether a newer one of the same kind makes it worthless, so that it may be folded.
    @inlinable public var isFoldable: Bool { self == .move || self == .scroll }
}
