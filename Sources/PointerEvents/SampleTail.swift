/// What a sample says beyond its fixed size: few samples have one, behind those 64 bytes.
///
/// ```
///  0 [ scrollX f64 ]          CSS pixels that the page is scrolled by
///  8 [ scrollY f64 ]
/// 16 [ documentWidth f64 ]    CSS pixels
/// 24 [ documentHeight f64 ]
/// 32 [ name u32 | element u32 ]   numbers of texts, given by whoever holds the record
/// 40 [ fields u8 | pointerType u8 | 0 u16 | 0 u32 ]
/// ```
/// 48 bytes, 8-byte aligned, host byte order. A sample with one has `SampleFields.tail`.
@frozen
public struct SampleTail: Sendable, BitwiseCopyable {
    public var scrollX: Double = 0
    public var scrollY: Double = 0
    public var documentWidth: Double = 0
    public var documentHeight: Double = 0
    public var name: UInt32 = 0
    public var element: UInt32 = 0
    public var fields: TailFields = []
    /// `PointerType`'s raw value; 0 where none was sent.
    public var pointerType: UInt8 = 0
    private var padding: (UInt16, UInt16, UInt16) = (0, 0, 0)

    /// Makes one that says nothing.
    @inlinable public init() {}

    /// Says also what an older sample of the same visitor says of the surroundings and this one does not.
    public mutating func takeSurroundings(from older: SampleTail) {
        let taken = older.fields.intersection(.surroundings).subtracting(fields)
        if taken.contains(.scrollX) { scrollX = older.scrollX }
        if taken.contains(.scrollY) { scrollY = older.scrollY }
        if taken.contains(.documentWidth) { documentWidth = older.documentWidth }
        if taken.contains(.documentHeight) { documentHeight = older.documentHeight }
        if taken.contains(.pointerType) { pointerType = older.pointerType }
        if taken.contains(.name) { name = older.name }
        fields.formUnion(taken)
    }
}

/// Which optional keys a tail was sent with; those are passed on, and no others.
@frozen
public struct TailFields: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `sx`, how far the page is scrolled to the right.
    public static let scrollX = TailFields(rawValue: 1 << 0)
    /// `sy`, how far it is scrolled down.
    public static let scrollY = TailFields(rawValue: 1 << 1)
    /// `dw`, the document's width.
    public static let documentWidth = TailFields(rawValue: 1 << 2)
    /// `dh`, the document's height.
    public static let documentHeight = TailFields(rawValue: 1 << 3)
    /// `pt`, the pointer's type.
    public static let pointerType = TailFields(rawValue: 1 << 4)
    /// `n`, a name given by the owner of the page.
    public static let name = TailFields(rawValue: 1 << 5)
    /// `el`, what was clicked: the element's tag with the shape of its id and class.
    public static let element = TailFields(rawValue: 1 << 6)

    /// What holds until the visitor says otherwise; an element is of its click alone.
    public static let surroundings: TailFields = [
        .scrollX, .scrollY, .documentWidth, .documentHeight, .pointerType, .name,
    ]
}
