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
        for index in 0..<count {
            channels[index].slots.release()
            channels[index].slotPages.release()
            channels[index].pages.release()
        }
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
        channels[channel].slots.release()
        channels[channel].slotPages.release()
        channels[channel].pages.release()
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

    /// Says what a page number stands for; returns false when it is past the limit. The channel must be open.
    mutating func setPage(channel: Int, number: UInt32, to page: UInt32) -> Bool {
        channels[channel].pages.set(number, to: page, limit: pageLimit)
    }

    /// A channel's tables as they are.
    func slots(of channel: Int) -> NumberTable { channels[channel].slots }
    func slotPages(of channel: Int) -> NumberTable { channels[channel].slotPages }
    func pages(of channel: Int) -> NumberTable { channels[channel].pages }

    /// Adds a channel behind all others, with copies of its tables' memory.
    mutating func restore(
        processID: Int32, isOpen: Bool, slots: UnsafeRawBufferPointer, slotPages: UnsafeRawBufferPointer,
        pages: UnsafeRawBufferPointer
    ) {
        if count == capacity { grow() }
        (channels + count).initialize(
            to: Channel(
                isOpen: isOpen, processID: processID,
                slots: NumberTable(none: Visitor.none, memory: slots),
                slotPages: NumberTable(none: PageTable.none, memory: slotPages),
                pages: NumberTable(none: PageTable.none, memory: pages)))
        count += 1
    }

    /// Calls `body` with every page that some channel's number stands for or some slot has named.
    func forEachPage(_ body: (UInt32) -> Void) {
        for index in 0..<count {
            for pages in [channels[index].pages, channels[index].slotPages] {
                for number in 0..<pages.capacity where pages[number] != PageTable.none { body(pages[number]) }
            }
        }
    }
}

/// Numbers by number, grown by doubling; `none` where nothing was set. Its holder releases it.
struct NumberTable: BitwiseCopyable {
    private let none: UInt32
    private var values: UnsafeMutablePointer<UInt32>?
    private(set) var capacity: UInt32 = 0

    init(none: UInt32) { self.none = none }

    /// A table with a copy of another one's memory.
    init(none: UInt32, memory: UnsafeRawBufferPointer) {
        self.none = none
        guard !memory.isEmpty else { return }
        capacity = UInt32(memory.count / MemoryLayout<UInt32>.stride)
        let copy = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(capacity))
        UnsafeMutableRawBufferPointer(start: copy, count: memory.count).copyMemory(from: memory)
        values = copy
    }

    /// The values, each in host byte order.
    var memory: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: values, count: Int(capacity) * MemoryLayout<UInt32>.stride)
    }

    /// The most that a table of numbers below `limit` has room for.
    static func mostCapacity(limit: Int) -> Int {
        var capacity = 16
        while capacity < limit { capacity *= 2 }
        return capacity
    }

    @inline(__always)
    subscript(index: UInt32) -> UInt32 {
        guard index < capacity, let values else { return none }
        return values[Int(index)]
    }

    /// Stores `value` at `index`, growing as needed; returns false at or past `limit`.
    mutating func set(_ index: UInt32, to value: UInt32, limit: Int) -> Bool {
        guard Int(index) < limit else { return false }
        if index >= capacity {
            var larger = max(capacity, 16)
            while larger <= index { larger *= 2 }
            let grown = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(larger))
            grown.initialize(repeating: none, count: Int(larger))
            if let values {
                grown.update(from: values, count: Int(capacity))
                values.deallocate()
            }
            values = grown
            capacity = larger
        }
        values?[Int(index)] = value
        return true
    }

    mutating func release() {
        values?.deallocate()
        values = nil
        capacity = 0
    }
}
