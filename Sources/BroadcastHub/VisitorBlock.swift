import PointerEvents

import func Glibc.calloc
import func Glibc.free

/// The memory of a table of visitors: what is known of each, by number. What was never
/// written to costs nothing and holds zeros, which is a free entry.
struct VisitorBlock {
    /// Whole cache lines.
    let entries: UnsafeMutablePointer<Visitor>
    let links: UnsafeMutablePointer<VisitorLinks>
    let surroundings: UnsafeMutablePointer<VisitorSurroundings>
    /// Of those with `hasTail`: what holds of what they said in tails, and the newest sample's element where
    /// that has a tail. Nobody else's are ever touched.
    let tails: UnsafeMutablePointer<SampleTail>
    /// Of those whose newest sample has left the ring: that. Nobody else's are ever written.
    let kept: UnsafeMutablePointer<PointerSample>
    /// The n of a visitor's newest kill, 0 if there was none.
    let kills: UnsafeMutablePointer<UInt64>
    /// What `entries` lies in.
    private let whole: UnsafeMutableRawPointer

    private static let alignment = 64

    init(capacity: Int) {
        whole = Self.zeroed(capacity, MemoryLayout<Visitor>.stride, more: Self.alignment)
        entries = whole.alignedUp(toMultipleOf: Self.alignment)
            .bindMemory(to: Visitor.self, capacity: capacity)
        links = Self.zeroed(capacity, MemoryLayout<VisitorLinks>.stride)
            .bindMemory(to: VisitorLinks.self, capacity: capacity)
        surroundings = Self.zeroed(capacity, MemoryLayout<VisitorSurroundings>.stride)
            .bindMemory(to: VisitorSurroundings.self, capacity: capacity)
        tails = Self.zeroed(capacity, MemoryLayout<SampleTail>.stride)
            .bindMemory(to: SampleTail.self, capacity: capacity)
        kept = Self.zeroed(capacity, MemoryLayout<PointerSample>.stride)
            .bindMemory(to: PointerSample.self, capacity: capacity)
        kills = Self.zeroed(capacity, MemoryLayout<UInt64>.stride)
            .bindMemory(to: UInt64.self, capacity: capacity)
    }

    /// calloc(3) hands out zero pages that cost nothing until they are touched.
    private static func zeroed(_ count: Int, _ stride: Int, more: Int = 0) -> UnsafeMutableRawPointer {
        guard let pages = calloc(1, count * stride + more) else { fatalError("out of memory for visitors") }
        return pages
    }

    func deallocate() {
        free(whole)
        free(links)
        free(surroundings)
        free(tails)
        free(kept)
        free(kills)
    }
}
