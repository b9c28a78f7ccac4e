/// Which optional keys a sample was sent with; those are passed on, and no others.
@frozen
public struct SampleFields: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `t`, the client's clock.
    public static let clientTime = SampleFields(rawValue: 1 << 0)
    /// `k`, the kind.
    public static let kind = SampleFields(rawValue: 1 << 1)
    /// `b`, the buttons.
    public static let buttons = SampleFields(rawValue: 1 << 2)
    /// `w`, the viewport's width.
    public static let width = SampleFields(rawValue: 1 << 3)
    /// `h`, the viewport's height.
    public static let height = SampleFields(rawValue: 1 << 4)
    /// `p`, the page's path.
    public static let page = SampleFields(rawValue: 1 << 5)
    /// Not a key: more of them stand in the sample's tail.
    public static let tail = SampleFields(rawValue: 1 << 6)

    /// What holds until the visitor says otherwise: pages send it on connecting and on a change.
    ///
    /// Whoever leaves a sample out passes these on, or nobody learns of them.
    public static let surroundings: SampleFields = [.width, .height, .page]
}
