/// What one viewer has received of whom: every sample once, twice, late or never.
///
/// A visitor's numbers count from 1. Those of the newest 192 at least are remembered one by one, so that a
/// sample that comes again is told from one that comes late.
@safe struct ArrivalLedger: ~Copyable {
    private struct Entry: BitwiseCopyable {
        /// The highest number that came; 0 if none did.
        var newest: UInt32 = 0
        /// Different samples that came.
        var received: UInt32 = 0
        /// Which of the numbers up to the newest came: bit n mod 256, four words by turns.
        var seen: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    }

    private static let window: Int = 256
    /// Numbers come modulo this.
    static let modulus = 1_000_000

    /// Different samples of all visitors.
    private(set) var received: UInt64 = 0
    /// Samples that came again.
    private(set) var duplicates: UInt64 = 0
    /// Samples that came behind a newer one of the same visitor.
    private(set) var disordered: UInt64 = 0
    /// Samples of a visitor, or with a number, that was never sent.
    private(set) var foreign: UInt64 = 0
    /// Events that the stream's own numbering says were left out for this viewer.
    private(set) var skipped: UInt64 = 0
    var kills: UInt64 = 0
    var resets: UInt64 = 0
    var otherLines: UInt64 = 0

    let visitorCount: Int
    /// Who is behind the ids that a server gave.
    var names: WireNames
    private let entries: UnsafeMutablePointer<Entry>
    private var lastEvent: UInt64 = 0

    init(visitorCount: Int) {
        self.visitorCount = visitorCount
        names = WireNames(visitorCount: visitorCount)
        unsafe entries = .allocate(capacity: max(visitorCount, 1))
        unsafe entries.initialize(repeating: Entry(), count: max(visitorCount, 1))
    }

    deinit { unsafe entries.deallocate() }

    /// The event's number in the stream came; they count without gaps where nothing is left out.
    @inline(__always)
    mutating func receivedEvent(_ number: UInt64) {
        if number > lastEvent &+ 1, lastEvent > 0 { skipped &+= number &- lastEvent &- 1 }
        lastEvent = max(lastEvent, number)
    }

    /// A sample came, its number modulo a million; returns whether it may have been sent and had not come
    /// before. Constant time.
    @inline(__always) @discardableResult
    mutating func receivedSample(visitor: UInt64, number: UInt64) -> Bool {
        guard visitor < UInt64(visitorCount) else {
            foreign &+= 1
            return false
        }
        let entry = unsafe entries + Int(truncatingIfNeeded: visitor)
        var step = unsafe Int(truncatingIfNeeded: number) - Int(entry.pointee.newest) % Self.modulus
        if step < -Self.modulus / 2 { step += Self.modulus }
        if step > Self.modulus / 2 { step -= Self.modulus }
        guard step == 1 else { return unsafe receivedOther(entry, step) }
        unsafe advance(entry, by: 1)
        return true
    }

    @inline(never)
    private mutating func receivedOther(_ entry: UnsafeMutablePointer<Entry>, _ step: Int) -> Bool {
        let number = unsafe Int(entry.pointee.newest) + step
        guard number > 0 else {
            foreign &+= 1
            return false
        }
        if step > 0 {
            unsafe advance(entry, by: step)
            return true
        }
        // The word that the newest is in was cleared when it was entered; the three before it are whole.
        let isRemembered = unsafe number / 64 > Int(entry.pointee.newest) / 64 - 4
        if isRemembered, unsafe Self.isSet(entry, number) {
            duplicates &+= 1
            return false
        }
        if isRemembered { unsafe Self.set(entry, number) }
        disordered &+= 1
        received &+= 1
        unsafe entry.pointee.received &+= 1
        return true
    }

    @inline(__always)
    private mutating func advance(_ entry: UnsafeMutablePointer<Entry>, by step: Int) {
        let before = unsafe Int(entry.pointee.newest)
        let number = before + step
        if number >> 6 != before >> 6 {
            unsafe Self.clear(entry, from: before >> 6 + 1, through: number >> 6)
        }
        unsafe Self.set(entry, number)
        unsafe entry.pointee.newest = UInt32(truncatingIfNeeded: number)
        unsafe entry.pointee.received &+= 1
        received &+= 1
    }

    @inline(__always)
    private static func words(_ entry: UnsafeMutablePointer<Entry>) -> UnsafeMutablePointer<UInt64> {
        unsafe UnsafeMutableRawPointer(entry).advanced(by: MemoryLayout<Entry>.offset(of: \.seen)!)
            .assumingMemoryBound(to: UInt64.self)
    }

    @inline(__always)
    private static func set(_ entry: UnsafeMutablePointer<Entry>, _ number: Int) {
        unsafe words(entry)[number >> 6 & 3] |= 1 << UInt64(number & 63)
    }

    private static func isSet(_ entry: UnsafeMutablePointer<Entry>, _ number: Int) -> Bool {
        unsafe words(entry)[number >> 6 & 3] & 1 << UInt64(number & 63) != 0
    }

    private static func clear(_ entry: UnsafeMutablePointer<Entry>, from first: Int, through last: Int) {
        for word in max(first, last - 3)...last { unsafe words(entry)[word & 3] = 0 }
    }

    /// Different samples of one visitor.
    func received(of visitor: Int) -> UInt32 { unsafe entries[visitor].received }

    /// The highest number that came of a visitor; 0 if none did.
    func newest(of visitor: Int) -> UInt32 { unsafe entries[visitor].newest }

    /// Holds it against what was sent; of a stream that is still coming, what is behind the newest of each
    /// visitor may come yet.
    func figures(sent: UnsafeBufferPointer<UInt32>, isComing: Bool = false) -> ViewerFigures {
        var figures = ViewerFigures()
        figures.duplicates = duplicates
        figures.disordered = disordered
        figures.foreign = foreign
        figures.resets = resets
        figures.kills = kills
        figures.otherLines = otherLines
        for visitor in 0..<min(visitorCount, sent.count) {
            let came = unsafe UInt64(min(entries[visitor].received, sent[visitor]))
            unsafe figures.foreign &+= UInt64(entries[visitor].received) &- came
            figures.received &+= came
            unsafe figures.missing &+= UInt64(sent[visitor]) &- came
            guard unsafe entries[visitor].newest < sent[visitor] else { continue }
            figures.stale &+= 1
            if isComing { unsafe figures.underWay &+= UInt64(sent[visitor] - entries[visitor].newest) }
        }
        // What the stream has left out will not come, however much of it still does.
        // A stream without a single sample numbers something else than samples.
        figures.conflated = figures.received > 0 ? min(skipped, figures.missing) : 0
        figures.underWay = min(figures.underWay, figures.missing - figures.conflated)
        return figures
    }
}

/// What one viewer has had of a whole run.
struct ViewerFigures: Equatable, BitwiseCopyable {
    /// Different samples that came.
    var received: UInt64 = 0
    /// Samples sent that never came.
    var missing: UInt64 = 0
    /// Of the missing, those that the stream's own numbering says were left out for this viewer.
    var conflated: UInt64 = 0
    /// Of the missing, those that had not come when the run was over, while the stream was still coming.
    var underWay: UInt64 = 0
    var duplicates: UInt64 = 0
    var disordered: UInt64 = 0
    var foreign: UInt64 = 0
    /// Visitors whose last sample did not come.
    var stale: UInt64 = 0
    var resets: UInt64 = 0
    var kills: UInt64 = 0
    var otherLines: UInt64 = 0

    /// Of the missing, those that nothing accounts for.
    var lost: UInt64 { missing - min(conflated + underWay, missing) }

    /// Several viewers together.
    static func + (left: ViewerFigures, right: ViewerFigures) -> ViewerFigures {
        var sum = left
        sum.received &+= right.received
        sum.missing &+= right.missing
        sum.conflated &+= right.conflated
        sum.underWay &+= right.underWay
        sum.duplicates &+= right.duplicates
        sum.disordered &+= right.disordered
        sum.foreign &+= right.foreign
        sum.stale &+= right.stale
        sum.resets &+= right.resets
        sum.kills &+= right.kills
        sum.otherLines &+= right.otherLines
        return sum
    }
}
