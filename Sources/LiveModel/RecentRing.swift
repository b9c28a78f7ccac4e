/// The newest `capacity` of whatever was appended; memory grows with what came, up to that.
struct RecentRing<Element: BitwiseCopyable & Sendable>: Sendable {
    let capacity: Int
    private var elements: [Element] = []
    /// Where the oldest stands once the ring is full; 0 before.
    private var oldest = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { elements.count }

    /// The `index`-th, oldest first.
    @inline(__always)
    subscript(index: Int) -> Element {
        let place = oldest &+ index
        return elements[place < elements.count ? place : place &- elements.count]
    }

    /// The one appended `ago` before the newest; nil where there is none (any more).
    func newest(ago: Int = 0) -> Element? {
        ago >= 0 && ago < count ? self[count - 1 - ago] : nil
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        guard elements.count == capacity else { return elements.append(element) }
        elements[oldest] = element
        oldest = oldest &+ 1 == capacity ? 0 : oldest &+ 1
    }

    /// Puts `element` in the place of the newest, where there is one.
    mutating func replaceNewest(_ element: Element) {
        guard !elements.isEmpty else { return }
        elements[oldest == 0 ? elements.count - 1 : oldest - 1] = element
    }

    /// Forgets the newest.
    mutating func removeNewest() {
        guard !elements.isEmpty else { return }
        // In order of age, so that appending goes on at the end.
        if oldest > 0 { elements = Array(elements[oldest...] + elements[..<oldest]) }
        oldest = 0
        elements.removeLast()
    }

    mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
        oldest = 0
    }
}
