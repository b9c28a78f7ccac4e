public import PointerEvents

/// What a row shows of a visitor.
public struct VisitorGlance: Sendable, BitwiseCopyable {
    /// Hub epoch milliseconds.
    public var sinceMilliseconds: Int64
    /// Hub epoch milliseconds of the newest sample; the same as `sinceMilliseconds` where there was none.
    public var lastMilliseconds: Int64
    /// CSS pixels of the page's viewport; meaningless unless `hasPosition`.
    public var x: Double
    public var y: Double
    /// CSS pixels; 0 where the visitor never said.
    public var viewportWidth: Double
    public var viewportHeight: Double
    /// How far the page is scrolled, CSS pixels, and the document's size; 0 where the visitor never said.
    public var scrollX: Double
    public var scrollY: Double
    public var documentWidth: Double
    public var documentHeight: Double
    public var kind: PointerKind
    public var hasPosition: Bool
    /// The buttons that were down, as far as the visitor said.
    public var buttons: UInt16
    /// Tells this visitor from whoever had the slot before.
    public var serial: UInt32
    /// The page's number in `PageActivity`; -1 for none.
    public var pageIndex: Int32
    /// The process that the visitor is connected to.
    public var worker: Int32
}

/// A visitor's place among the others, as it was when they were put in order.
public struct RankedVisitor: Sendable, BitwiseCopyable {
    public var slot: Int
    /// Samples a second.
    public var rate: Double
}

extension LiveModel {
    /// What a row shows of the visitor in `slot`; nil where nobody has it any more.
    public func visitor(in slot: Int) -> VisitorGlance? {
        visitors.isInUse(slot) ? glance(at: slot) : nil
    }

    /// Shows `body` every visitor and its slot, in no order.
    public func forEachVisitor(_ body: (_ slot: Int, VisitorGlance) -> Void) {
        for slot in 0..<visitors.slotsInUse where visitors.isInUse(slot) { body(slot, glance(at: slot)) }
    }

    private func glance(at slot: Int) -> VisitorGlance {
        let record = visitors[slot]
        return VisitorGlance(
            sinceMilliseconds: record.sinceMilliseconds, lastMilliseconds: record.lastMilliseconds,
            x: record.x, y: record.y, viewportWidth: record.width, viewportHeight: record.height,
            scrollX: Double(record.scrollX), scrollY: Double(record.scrollY),
            documentWidth: Double(record.documentWidth), documentHeight: Double(record.documentHeight),
            kind: record.kind, hasPosition: record.hasPosition, buttons: record.buttons,
            serial: record.serial, pageIndex: record.page, worker: record.worker)
    }

    /// The id of the visitor in `slot`, as it came: not safe for a screen yet.
    public func id(of slot: Int) -> String {
        unsafe visitors.isInUse(slot) ? String(decoding: visitors.id(of: slot), as: UTF8.self) : ""
    }

    /// The name that the page's owner gave the visitor in `slot`, as it came; empty where none was said.
    public func name(of slot: Int) -> String {
        unsafe visitors.isInUse(slot) ? String(decoding: visitors.name(of: slot), as: UTF8.self) : ""
    }

    /// What a person reads of the visitor in `slot`, as it came: the name, or else the id.
    public func label(of slot: Int) -> String {
        unsafe visitors.isInUse(slot) ? String(decoding: visitors.label(of: slot), as: UTF8.self) : ""
    }

    /// The page of the visitor in `slot`, as it came; empty where it never said one.
    public func page(of slot: Int) -> String {
        visitors.isInUse(slot) ? pages.text(visitors[slot].page) : ""
    }
}
