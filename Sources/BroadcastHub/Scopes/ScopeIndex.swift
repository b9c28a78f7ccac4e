/// Whom a sample concerns of the scopes in use: a word with a bit for the place of each, so that a sample
/// costs those scopes something that take it, and nothing those that do not.
///
/// ```
///  admitted by the page         of the page named last, worked out when first asked for
///    and by the visitor         of every scope that names nobody, and of those that name this one
///  members                      those in which the visitor is
/// ```
struct ScopeIndex {
    /// Places; the highest bit says that a word was worked out.
    static let places = 63
    private static let isKnown: UInt64 = 1 << 63

    /// By place.
    private(set) var scopes = ContiguousArray<HubScope?>(repeating: nil, count: Self.places)
    /// Places of scopes for which the page does not matter, and of those for which it does not matter who.
    private var ofAnyPage: UInt64 = 0
    private var ofAnyone: UInt64 = 0
    /// By the whole hub's number of a page: the places that admit it.
    private var ofPage: ContiguousArray<UInt64> = []
    /// By the whole hub's number of a visitor: the places of scopes that name them, and that they are in.
    private var ofNamed: ContiguousArray<UInt64> = []
    private var ofMember: ContiguousArray<UInt64> = []

    /// Places of scopes that were told something in this turn.
    private var touched: UInt64 = 0

    /// Whether some scope names visitors.
    var namesVisitors: Bool { scopes.contains { $0?.view.visitors.isEmpty == false } }

    /// Gives a scope a place; `find` says which entry an id has.
    mutating func add(_ scope: HubScope, find: (UnsafeRawBufferPointer) -> UInt32?) {
        guard let place = scopes.firstIndex(where: { $0 == nil }) else { fatalError("too many scopes") }
        scopes[place] = scope
        scope.place = place
        let bit = UInt64(1) << place
        touched |= bit
        if !scope.view.looksAtPages { ofAnyPage |= bit }
        if scope.view.visitors.isEmpty { ofAnyone |= bit }
        forgetPages()
        for id in scope.view.visitors {
            if let visitor = id.withUnsafeBytes(find) { Self.insert(bit, at: visitor, in: &ofNamed) }
        }
    }

    /// Takes a scope's place back.
    mutating func remove(_ scope: HubScope) {
        let bit = UInt64(1) << scope.place
        scopes[scope.place] = nil
        touched &= ~bit
        ofAnyPage &= ~bit
        ofAnyone &= ~bit
        forgetPages()
        for visitor in ofNamed.indices { ofNamed[visitor] &= ~bit }
        for visitor in ofMember.indices { ofMember[visitor] &= ~bit }
    }

    /// The whole hub's pages may have other numbers from here on, or there are other scopes.
    mutating func forgetPages() { ofPage.removeAll(keepingCapacity: true) }

    /// A visitor's entry was made, under a number that another may have had.
    mutating func inserted(_ visitor: UInt32, id: UnsafeRawBufferPointer) {
        var bits: UInt64 = 0
        for (place, scope) in scopes.enumerated() {
            guard let scope else { continue }
            if scope.view.visitors.contains(where: { id.elementsEqual($0) }) { bits |= UInt64(1) << place }
        }
        if Int(visitor) < ofNamed.count { ofNamed[Int(visitor)] = 0 }
        if bits != 0 { Self.insert(bits, at: visitor, in: &ofNamed) }
    }

    /// The places of scopes that take a sample of a visitor on a page of the whole hub.
    @inline(__always)
    mutating func taking(_ visitor: UInt32, on page: UInt32, of pages: borrowing PageTable) -> UInt64 {
        var bits = ofAnyPage
        if page != PageTable.none {
            if Int(page) < ofPage.count, ofPage[Int(page)] != 0 {
                bits = ofPage[Int(page)] & ~Self.isKnown
            } else {
                bits = judge(page, of: pages)
            }
        }
        let named = Int(visitor) < ofNamed.count ? ofNamed[Int(visitor)] : 0
        return bits & (ofAnyone | named)
    }

    /// The places of scopes in which a visitor is.
    @inline(__always)
    func having(_ visitor: UInt32) -> UInt64 {
        Int(visitor) < ofMember.count ? ofMember[Int(visitor)] : 0
    }

    /// Scopes are told something, by places.
    @inline(__always)
    mutating func touch(_ places: UInt64) { touched |= places }

    /// The places of the scopes that were told something since this was asked for last.
    mutating func takeTouched() -> UInt64 {
        defer { touched = 0 }
        return touched
    }

    /// A visitor came into a scope, or left it.
    mutating func set(_ visitor: UInt32, in scope: HubScope, to isIn: Bool) {
        let bit = UInt64(1) << scope.place
        if isIn {
            Self.insert(bit, at: visitor, in: &ofMember)
        } else if Int(visitor) < ofMember.count {
            ofMember[Int(visitor)] &= ~bit
        }
    }

    @inline(never)
    private mutating func judge(_ page: UInt32, of pages: borrowing PageTable) -> UInt64 {
        guard pages.isInUse(page) else { return ofAnyPage }
        var bits = ofAnyPage
        pages.withPath(page) { path in
            for (place, scope) in scopes.enumerated() {
                if let scope, scope.view.looksAtPages, scope.view.admits(page: path) {
                    bits |= UInt64(1) << place
                }
            }
        }
        Self.insert(bits | Self.isKnown, at: page, in: &ofPage)
        return bits
    }

    private static func insert(_ bits: UInt64, at number: UInt32, in words: inout ContiguousArray<UInt64>) {
        if Int(number) >= words.count {
            let more = max(Int(number) + 1 - words.count, words.count, 64)
            words.append(contentsOf: repeatElement(0, count: more))
        }
        words[Int(number)] |= bits
    }
}
