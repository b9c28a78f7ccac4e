import PointerEvents

/// What is kept of a visitor beside its id and its activity.
struct VisitorRecord: BitwiseCopyable {
    /// Hub epoch milliseconds.
    var sinceMilliseconds: Int64 = 0
    /// Hub epoch milliseconds of the newest sample; `sinceMilliseconds` before the first.
    var lastMilliseconds: Int64 = 0
    /// CSS pixels of the page's viewport.
    var x = 0.0
    var y = 0.0
    /// CSS pixels; 0 where the visitor never said.
    var width = 0.0
    var height = 0.0
    /// How far the page is scrolled, CSS pixels, and the document's size; 0 where the visitor never said.
    var scrollX: Float = 0
    var scrollY: Float = 0
    var documentWidth: Float = 0
    var documentHeight: Float = 0
    /// The number of the newest sample, else of the join, in the hub's order.
    var arrival: UInt64 = 0
    /// The newest second that was counted in.
    var headSecond: Int64 = 0
    var worker: Int32 = 0
    /// A number of the page table; -1 is none.
    var page: Int32 = -1
    /// The keyframe that named the visitor last, or during which it joined.
    var generation: UInt32 = 0
    /// Numbers whoever had a slot, so that one can be told from the one before.
    var serial: UInt32 = 0
    /// The buttons that were down, as far as the visitor said.
    var buttons: UInt16 = 0
    /// 0 in a slot that nobody has.
    var idLength: UInt8 = 0
    /// 0 where no name was said.
    var nameLength: UInt8 = 0
    var kind = PointerKind.move
    var hasPosition = false
}
