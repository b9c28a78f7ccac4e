public import PointerEvents

/// What a visitor's hand did, ready to be sent.
public struct MotionSample: Equatable, Sendable {
    /// What happened.
    public var kind: PointerKind
    /// Whole CSS pixels, as mouse events carry them.
    public var x: Int
    public var y: Int
    /// The buttons that are down, as in `MouseEvent.buttons`: 1 is the main one.
    public var buttons: UInt16
    /// An index into the pages the motion was made with.
    public var page: Int
}

/// What came of letting time pass.
public enum MotionStep: Equatable, Sendable {
    /// Nothing until `nextDueNanoseconds`.
    case nothing
    /// The visitor opened the page: connect.
    case opened
    /// A page would send this now.
    case sample(MotionSample)
    /// The visitor closed the page: disconnect.
    case closed
}
