/// What each open data channel's numbers stand for: slots for visitors, page numbers for pages.
///
/// A worker chooses its slots and page numbers; whatever it sends, only its own tables are looked at, and
/// they grow to a limit and no further.
struct ChannelTable: ~Copyable {
    private struct Channel {
        var isOpen = false
        var processID: Int32 = 0
        var slots = NumberTable(none: Visitor.none)
        /// By slot: the hub's page that it named last.
        var slotPages = NumberTable(none: PageTable.none)
        var pages = NumberTable(none: PageTable.none)
        var names = NumberTable(none: PageTable.none)
        var elements = NumberTable(none: PageTable.none)
        /// By slot: the claim to an identity with which it was joined.
        var claims = NumberTable(none: ClaimTable.none)

        mutating func release() {
            slots.release()
            slotPages.release()
            pages.release()
            names.release()
            elements.release()
            claims.release()
        }

        subscript(kind: TextKind) -> NumberTable {
            switch kind {
            case .page: pages
            case .name: names
            case .element: elements
            }
        }
    }

    private var channels: UnsafeMutablePointer<Channel>
    private var capacity: Int
    /// Numbers ever used.
    private(set) var count = 0
    private let slotLimit: Int
    private let pageLimit: Int

    init(slotLimit: Int, pageLimit: Int) {
        self.slotLimit = slotLimit
        self.pageLimit = pageLimit
        capacity = 8
        channels = .allocate(capacity: capacity)
    }

    deinit {
        for index in 0..<count { channels[index].release() }
        channels.deallocate()
    }

    /// Opens a channel of the process `processID` and returns its number, the lowest that is free.
    mutating func open(processID: Int32) -> Int {
        var index = 0
        while index < count, channels[index].isOpen { index += 1 }
        if index == count {
            if count == capacity { grow() }
            (channels + index).initialize(to: Channel())
            count += 1
        }
        channels[index].isOpen = true
        channels[index].processID = processID
        return index
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Channel>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: channels, count: count)
        channels.deallocate()
        channels = larger
        capacity *= 2
    }

    func isOpen(_ channel: Int) -> Bool {
        channel >= 0 && channel < count && channels[channel].isOpen
    }

    func processID(of channel: Int) -> Int32 { channels[channel].processID }

    /// Forgets the channel's tables and frees its number.
    mutating func close(_ channel: Int) {
        channels[channel].isOpen = false
        channels[channel].release()
    }

    /// The visitor of a slot, or `Visitor.none`; also for channels and slots that never were.
    @inline(__always)
    func visitor(channel: Int, slot: UInt32) -> UInt32 {
        guard channel >= 0, channel < count else { return Visitor.none }
        return channels[channel].slots[slot]
    }

    /// Says who a slot stands for; returns false when the slot is past the limit. The channel must be open.
    ///
    /// Whoever it stands for has named no page yet.
    mutating func setVisitor(channel: Int, slot: UInt32, to visitor: UInt32) -> Bool {
        if slot < channels[channel].slotPages.capacity {
            _ = channels[channel].slotPages.set(slot, to: PageTable.none, limit: slotLimit)
        }
        return channels[channel].slots.set(slot, to: visitor, limit: slotLimit)
    }

    /// The page that a slot named last, or `PageTable.none`. The channel must be open.
    @inline(__always)
    func slotPage(channel: Int, slot: UInt32) -> UInt32 { channels[channel].slotPages[slot] }

    /// Says which page a slot, which stands for somebody, names.
    @inline(__always)
    mutating func setSlotPage(channel: Int, slot: UInt32, to page: UInt32) {
        _ = channels[channel].slotPages.set(slot, to: page, limit: slotLimit)
    }

    /// Slots of the channel that have ever been in use, as a bound for going through them.
    func slotBound(of channel: Int) -> UInt32 { channels[channel].slots.capacity }

    /// The page of a channel's page number, or `PageTable.none`. The channel must be open.
    @inline(__always)
    func page(channel: Int, number: UInt32) -> UInt32 { channels[channel].pages[number] }

    /// The hub's text of a channel's number, or `PageTable.none`. The channel must be open.
    func text(_ kind: TextKind, channel: Int, number: UInt32) -> UInt32 { channels[channel][kind][number] }

    /// Says what a number stands for; returns false when it is past the limit. The channel must be open.
    mutating func setText(_ kind: TextKind, channel: Int, number: UInt32, to text: UInt32) -> Bool {
        switch kind {
        case .page: channels[channel].pages.set(number, to: text, limit: pageLimit)
        case .name: channels[channel].names.set(number, to: text, limit: pageLimit)
        case .element: channels[channel].elements.set(number, to: text, limit: pageLimit)
        }
    }

    /// The claim with which a slot was joined, or `ClaimTable.none`. The channel must be open.
    func claim(channel: Int, slot: UInt32) -> UInt32 { channels[channel].claims[slot] }

    /// Says which claim a slot, which is in the limit, is joined with; `ClaimTable.none` for none.
    mutating func setClaim(channel: Int, slot: UInt32, to claim: UInt32) {
        guard claim != ClaimTable.none || slot < channels[channel].claims.capacity else { return }
        _ = channels[channel].claims.set(slot, to: claim, limit: slotLimit)
    }

    /// What the slots of a channel stand for; also for channels that never were.
    @inline(__always)
    func slotsIfKnown(of channel: Int) -> NumberTable {
        channel >= 0 && channel < count ? channels[channel].slots : NumberTable(none: Visitor.none)
    }

    /// A channel's tables as they are.
    func slots(of channel: Int) -> NumberTable { channels[channel].slots }
    func slotPages(of channel: Int) -> NumberTable { channels[channel].slotPages }
    func texts(_ kind: TextKind, of channel: Int) -> NumberTable { channels[channel][kind] }
    func claims(of channel: Int) -> NumberTable { channels[channel].claims }

    /// Adds a channel behind all others, with copies of its tables' memory.
    mutating func restore(
        processID: Int32, isOpen: Bool, slots: UnsafeRawBufferPointer, slotPages: UnsafeRawBufferPointer,
        texts: (
            pages: UnsafeRawBufferPointer, names: UnsafeRawBufferPointer, elements: UnsafeRawBufferPointer
        ),
        claims: UnsafeRawBufferPointer
    ) {
        if count == capacity { grow() }
        (channels + count).initialize(
            to: Channel(
                isOpen: isOpen, processID: processID,
                slots: NumberTable(none: Visitor.none, memory: slots),
                slotPages: NumberTable(none: PageTable.none, memory: slotPages),
                pages: NumberTable(none: PageTable.none, memory: texts.pages),
                names: NumberTable(none: PageTable.none, memory: texts.names),
                elements: NumberTable(none: PageTable.none, memory: texts.elements),
                claims: NumberTable(none: ClaimTable.none, memory: claims)))
        count += 1
    }

    /// Calls `body` with every text of a kind that some channel's number stands for or some slot has named.
    func forEachText(_ kind: TextKind, _ body: (UInt32) -> Void) {
        for index in 0..<count {
            let tables =
                kind == .page ? [channels[index].pages, channels[index].slotPages] : [channels[index][kind]]
            for texts in tables {
                for number in 0..<texts.capacity where texts[number] != PageTable.none { body(texts[number]) }
            }
        }
    }
}
