import ByteCore

/// Decodes messages of `pointerscope.v1`, the binary ingest format of docs/protocol.md.
///
/// Usual motion is compact moves, which one loop reads two bytes at a time; everything else is read record by
/// record.
@safe public struct WireV1Decoder: ~Copyable, PointerDecoder {
    private static let leastEntries = 64
    private static let leastExtras = 4

    var entries = UnsafeMutablePointer<WireV1Entry>.allocate(capacity: leastEntries)
    private var entryCapacity = leastEntries
    /// How many samples the last message held; 0 where it was refused.
    public internal(set) var count = 0
    private var extras = UnsafeMutablePointer<WireV1Extra>.allocate(capacity: leastExtras)
    private var extraCapacity = leastExtras
    private var extraCount = 0
    /// The visitor's id, behind it the name that the state has not said yet, and the one that the message
    /// leaves unsaid.
    private let texts: UnsafeMutableRawPointer
    private var idCount = 0
    /// The name that the next sample says.
    var unsaidName = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// What the message makes of the connection's place.
    var next = WireV1Place()
    /// What the last message said besides samples.
    public internal(set) var notes = WireV1Notes()
    /// What a test breaks on purpose, to see that it is noticed.
    var fault: WireV1Mutant?

    /// Makes a decoder; one serves any number of connections.
    public init() {
        unsafe texts = .allocate(
            byteCount: WireV1Text<WireV1IDWords>.capacity + 2 * WireV1Text<WireV1NameWords>.capacity,
            alignment: 8
        )
    }

    deinit {
        unsafe entries.deallocate()
        unsafe extras.deallocate()
        unsafe texts.deallocate()
    }

    /// Bytes allocated.
    public var byteCount: Int {
        entryCapacity * MemoryLayout<WireV1Entry>.stride + extraCapacity * MemoryLayout<WireV1Extra>.stride
    }

    /// Gives back what a large message took, and forgets the last one.
    public mutating func releaseFree() {
        count = 0
        extraCount = 0
        if entryCapacity > Self.leastEntries { reallocateEntries(Self.leastEntries) }
        if extraCapacity > Self.leastExtras { reallocateExtras(Self.leastExtras) }
    }

    /// Decodes one whole message, which replaces what the decoder held; `notes` then say what it brought
    /// besides samples.
    ///
    /// A message that is passed over, because it came twice or behind a gap, is accepted and holds no sample.
    /// Refused are text (1003), what is over 64 KiB or holds more than 4096 samples (1009), what is malformed
    /// (1007), and what is out of bounds or place (1008).
    public mutating func decode(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, after state: borrowing WireV1State
    ) -> DecodeOutcome {
        count = 0
        extraCount = 0
        notes = WireV1Notes()
        guard kind == .binary else { return .refused(.wrongKind) }
        guard message.count <= Limits.messageBytes else { return .refused(.tooBig) }
        reserveEntries(for: message.count)
        if fault != .buildsUponRefused { next = state.place }
        unsafe state.id.copy(to: texts)
        idCount = Int(state.id.count)
        if next.flags.contains(.nameUnsaid), fault != .forgetsName { recallName(of: state) }
        do throws(WireV1Fault) {
            var reader = unsafe try WireV1Reader(message)
            guard try isToBeTaken(&reader) else { return .accepted(count: 0) }
            let isWhole = unsafe try decodeRecords(message, &reader)
            guard isWhole else {
                count = 0
                return .refused(.tooManySamples)
            }
            guard next.clock <= WireV1Limits.clock else { throw .clockOutOfBounds }
            if next.flags.contains(.nameUnsaid) { unsafe keepName(unsaidName) }
        } catch {
            count = 0
            return .refused(.wire(error))
        }
        return .accepted(count: count)
    }

    /// Makes `state` what the last message made of it.
    @inline(__always)
    public mutating func commit(to state: inout WireV1State) {
        state.place = next
        if next.flags.contains(.nameUnsaid) { unsafe state.name.set(to: unsaidName) }
    }

    /// One sample of the last message.
    @inline(__always)
    public func sample(at index: Int) -> DecodedSample {
        precondition(index >= 0 && index < count)
        let entry = unsafe entries[index]
        var sample = PointerSample(x: Double(entry.x), y: Double(entry.y), kind: entry.kind)
        sample.clientTime = Double(entry.clock)
        sample.fields = entry.fields
        let id = unsafe UnsafeRawBufferPointer(start: texts, count: idCount)
        guard entry.extra != 0 else {
            return unsafe DecodedSample(
                sample: sample, id: id, page: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let extra = unsafe extras[Int(entry.extra) - 1]
        sample.buttons = extra.buttons
        sample.width = Double(extra.width)
        sample.height = Double(extra.height)
        return unsafe DecodedSample(sample: sample, id: id, page: extra.page)
    }

    /// What that sample says in its tail; called only where its `fields` have `.tail`.
    public func tail(at index: Int) -> DecodedTail {
        precondition(index >= 0 && index < count)
        let extra = unsafe entries[index].extra
        precondition(extra != 0)
        return unsafe extras[Int(extra) - 1].tail
    }

    /// Brings the name that the state has to say where the samples can point at it.
    @inline(never)
    private mutating func recallName(of state: borrowing WireV1State) {
        let target = unsafe texts + WireV1Text<WireV1IDWords>.capacity
        unsafe state.name.copy(to: target)
        unsafe unsaidName = UnsafeRawBufferPointer(start: target, count: Int(state.name.count))
    }

    /// Keeps a name that no sample said beyond its message, for `commit`.
    @inline(never)
    private mutating func keepName(_ name: UnsafeRawBufferPointer) {
        let target =
            unsafe texts + WireV1Text<WireV1IDWords>.capacity + WireV1Text<WireV1NameWords>.capacity
        guard let source = name.baseAddress else { return }
        unsafe target.copyMemory(from: source, byteCount: name.count)
        unsafe unsaidName = UnsafeRawBufferPointer(start: target, count: name.count)
    }

    /// Makes room for as many samples as a message of `byteCount` bytes can hold, up to the limit: two bytes
    /// each. What was kept is forgotten.
    @inline(__always)
    private mutating func reserveEntries(for byteCount: Int) {
        let most = min(byteCount / 2, Limits.samplesPerMessage)
        if most > entryCapacity { growEntries(to: most) }
    }

    @inline(never)
    private mutating func growEntries(to least: Int) {
        var capacity = entryCapacity
        while capacity < least { capacity *= 2 }
        reallocateEntries(capacity)
    }

    private mutating func reallocateEntries(_ capacity: Int) {
        unsafe entries.deallocate()
        unsafe entries = .allocate(capacity: capacity)
        entryCapacity = capacity
    }

    /// Keeps an extra, and returns its number.
    mutating func append(_ extra: WireV1Extra) -> UInt16 {
        if extraCount == extraCapacity { reallocateExtras(extraCapacity * 2) }
        unsafe extras[extraCount] = extra
        extraCount += 1
        return UInt16(extraCount)
    }

    private mutating func reallocateExtras(_ capacity: Int) {
        let moved = UnsafeMutablePointer<WireV1Extra>.allocate(capacity: capacity)
        unsafe moved.update(from: extras, count: extraCount)
        unsafe extras.deallocate()
        unsafe extras = moved
        extraCapacity = capacity
    }
}

/// Ways to decode wrongly that tests must notice.
enum WireV1Mutant: CaseIterable {
    case buildsUponRefused
    case takesBehindGap
    case takesDuplicates
    case asksTwice
    case trustsLateNumbers
    case countsLateOnesTwice
    case staysMisled
    case forgetsName
    case staysOnPage
}
