/// What a visitor points with (Pointer Events, `pointerType`); the raw values are the wire's.
public enum PointerType: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case mouse = 1
    case pen = 2
    case touch = 3

    /// The word of the JSON format.
    public var word: StaticString {
        switch self {
        case .mouse: "mouse"
        case .pen: "pen"
        case .touch: "touch"
        }
    }
}
