public import PointerEvents

/// Reads one end of a data channel, record by record, out of the caller's buffer.
///
/// It keeps which slots are joined and which pages are named, so that what comes out of it can be looked up
/// without a second check: a worker whose memory is corrupt ends as a `RelayError`, not as a crash of its
/// master.
public struct RelayReader: ~Copyable {
    private enum State {
        case awaitingHello
        case open
        case failed(RelayError)
    }

    private var state = State.awaitingHello
    private let peer: ChannelPeer
    @usableFromInline var takesSamples = false
    @usableFromInline var slots = BitTable()
    @usableFromInline var pages = BitTable()
    var names = BitTable()
    var elements = BitTable()

    /// Makes a reader of what `peer` writes.
    public init(from peer: ChannelPeer) { self.peer = peer }

    /// Whether the peer's hello was read, and nothing wrong since.
    var isOpen: Bool {
        if case .open = state { return true }
        return false
    }

    /// Whether something wrong was read.
    var hasFailed: Bool {
        if case .failed = state { return true }
        return false
    }

    /// Takes the peer's hello as read.
    mutating func open() {
        state = .open
        takesSamples = peer == .worker
    }

    /// The record that `bytes` begins with and its length, or nil when not all of it is there yet.
    ///
    /// `bytes` must begin at an 8-byte boundary, as it does in a buffer from which whole records are
    /// consumed. What the record points to is in `bytes`. After an error every call throws it again.
    @inlinable @inline(__always)
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer
    ) throws(RelayError) -> (record: RelayRecord, consumed: Int)? {
        if takesSamples, bytes.count >= RelayRecordType.sampleBytes, let start = bytes.baseAddress,
            unsafe isAligned(start), unsafe isSoundSample(start)
        {
            return unsafe (
                .sample(start.assumingMemoryBound(to: PointerSample.self)), RelayRecordType.sampleBytes
            )
        }
        return try unsafe nextOther(bytes)
    }

    /// The samples without tails that `bytes` begins with, one behind the other, up to so many at a time; nil
    /// where none stands there. `next` finds the same ones, one by one.
    @inlinable @inline(__always)
    public func nextSamples(_ bytes: UnsafeRawBufferPointer) -> RelaySamples? {
        guard takesSamples, let start = bytes.baseAddress, unsafe isAligned(start) else { return nil }
        let most = min(RelayLimits.samplesAtOnce, bytes.count / RelayRecordType.sampleBytes)
        let count = unsafe countOfSamples(from: start, upTo: most)
        guard count > 0 else { return nil }
        return unsafe RelaySamples(first: start.assumingMemoryBound(to: PointerSample.self), count: count)
    }

    /// How many of the `most` records from `start` on are samples as `isSoundSample` finds them, up to the
    /// first one that is not. Of records in a row who they are from is asked once, and all their numbers are
    /// judged in one.
    @inlinable @inline(__always)
    func countOfSamples(from start: UnsafeRawPointer, upTo most: Int) -> Int {
        var record = unsafe start
        let end = unsafe start + most &* RelayRecordType.sampleBytes
        // What the header of the next one is held against; no header comes to all ones.
        var sound = UInt64.max
        var times: UInt64 = 0
        // Zero times anything finite is zero; times an infinity or NaN it is NaN, and stays so.
        var places = SIMD2<Double>(0, 0)
        var moments = SIMD2<Double>(0, 0)
        var heights = 0.0
        while unsafe record < end {
            let word = unsafe record.load(as: UInt64.self)
            if word & RelayHeader.plainMask != sound {
                let header = RelayHeader(word: word)
                guard word & RelayHeader.sampleMask == RelayHeader.sampleWord, slots.contains(header.slot),
                    unsafe hasSoundPage(record, header)
                else { break }
                // One that names a page is never taken for like this one.
                sound = word & (RelayHeader.sampleMask | RelayHeader.slotMask)
            }
            guard
                unsafe record.load(fromByteOffset: RelayRecordType.kindOffset, as: UInt8.self)
                    <= RelayRecordType.greatestKind
            else { break }
            unsafe times |= record.load(fromByteOffset: 8, as: UInt64.self)
            unsafe places *= record.loadUnaligned(fromByteOffset: 16, as: SIMD2<Double>.self)
            unsafe moments *= record.loadUnaligned(fromByteOffset: 32, as: SIMD2<Double>.self)
            unsafe heights *= record.load(fromByteOffset: 48, as: Double.self)
            unsafe record += RelayRecordType.sampleBytes
        }
        let count = unsafe (record - start) / RelayRecordType.sampleBytes
        let sums = places + moments
        // A power of two, so that none has a bit that it may not have where all together have none.
        guard sums.x + sums.y + heights == 0, times < UInt64(RelayLimits.receivedNanoseconds) else {
            return unsafe countOfSound(from: start, upTo: count)
        }
        return count
    }

    /// The same one by one, where something is wrong with a number.
    @usableFromInline @inline(never)
    func countOfSound(from start: UnsafeRawPointer, upTo most: Int) -> Int {
        var count = 0
        while count < most, unsafe isSoundSample(start + count &* RelayRecordType.sampleBytes) { count &+= 1 }
        return count
    }

    @inlinable @inline(__always)
    func hasSoundPage(_ start: UnsafeRawPointer, _ header: RelayHeader) -> Bool {
        unsafe header.detail & SampleFields.page.rawValue == 0
            || pages.contains(start.load(fromByteOffset: RelayRecordType.pageOffset, as: UInt32.self))
    }

    @inlinable @inline(__always)
    func isAligned(_ start: UnsafeRawPointer) -> Bool {
        precondition(UInt(bitPattern: start) & 7 == 0, "records are read at 8-byte boundaries")
        return true
    }

    /// Whether a sample stands at `start` that can be handed on as it is; at an 8-byte boundary.
    @inlinable @inline(__always)
    func isSoundSample(_ start: UnsafeRawPointer) -> Bool {
        // What is said to be of a sample without a tail, in one comparison.
        let head = unsafe start.load(as: UInt64.self)
        guard head & RelayHeader.sampleMask == RelayHeader.sampleWord else { return false }
        let header = unsafe start.load(as: RelayHeader.self)
        guard slots.contains(header.slot), unsafe hasSoundNumbers(start) else { return false }
        return unsafe hasSoundPage(start, header)
    }

    /// Whether no value is one that would trap or write nonsense further on.
    func hasSoundValues(_ start: UnsafeRawPointer, fields: UInt8) -> Bool {
        unsafe fields & RelayRecordType.unknownFields == 0 && hasSoundNumbers(start)
    }

    /// The same but for the fields.
    @inlinable @inline(__always)
    func hasSoundNumbers(_ start: UnsafeRawPointer) -> Bool {
        let received = unsafe start.load(fromByteOffset: 8, as: Int64.self)
        let kind = unsafe start.load(fromByteOffset: RelayRecordType.kindOffset, as: UInt8.self)
        // Zero times anything finite is zero; times an infinity or NaN it is NaN, and so is the sum.
        var sum = unsafe start.load(fromByteOffset: 16, as: Double.self) * 0
        unsafe sum += start.load(fromByteOffset: 24, as: Double.self) * 0
        unsafe sum += start.load(fromByteOffset: 32, as: Double.self) * 0
        unsafe sum += start.load(fromByteOffset: 40, as: Double.self) * 0
        unsafe sum += start.load(fromByteOffset: 48, as: Double.self) * 0
        return kind <= RelayRecordType.greatestKind && received >= 0
            && received < RelayLimits.receivedNanoseconds && sum == 0
    }

    @usableFromInline @inline(never)
    mutating func nextOther(
        _ bytes: UnsafeRawBufferPointer
    ) throws(RelayError) -> (record: RelayRecord, consumed: Int)? {
        if case .failed(let error) = state { throw error }
        guard bytes.count >= MemoryLayout<RelayHeader>.size, let start = bytes.baseAddress else { return nil }
        do throws(RelayError) {
            let header = unsafe start.loadUnaligned(as: RelayHeader.self)
            let type = try admit(header)
            guard bytes.count >= header.recordBytes else { return nil }
            let whole = unsafe UnsafeRawBufferPointer(start: start, count: header.recordBytes)
            return unsafe (try record(type, header, whole), whole.count)
        } catch {
            state = .failed(error)
            takesSamples = false
            throw error
        }
    }

    /// Judges a header before the rest of its record is waited for.
    private func admit(_ header: RelayHeader) throws(RelayError) -> RelayRecordType {
        guard let type = RelayRecordType(rawValue: header.type), goesThisWay(type) else {
            throw .unexpectedType(header.type)
        }
        if case .awaitingHello = state, type != .hello { throw .helloOutOfPlace }
        if case .open = state, type == .hello { throw .helloOutOfPlace }
        let length = Int(header.length)
        let isRight =
            switch type {
            case .hello, .leave, .closed, .connection, .adopted: length == RelayRecordType.shortBytes
            case .sample where header.detail & SampleFields.tail.rawValue != 0:
                length == RelayRecordType.tailedSampleBytes
            case .sample: length == RelayRecordType.sampleBytes
            case .join: length == RelayRecordType.joinBytes
            case .identityKey: length == RelayRecordType.identityKeyBytes
            case .arrived: length == RelayRecordType.arrivedBytes
            case .text:
                length >= RelayRecordType.shortBytes && length <= RelayLimits.recordBytes && length % 8 == 0
            case .moved, .adopt:
                length == 0 && header.slot >= RelayRecordType.stateOffset && header.slot % 8 == 0
                    && header.slot <= RelayRecordType.movedBytes(RelayLimits.movedStateBytes)
            }
        guard isRight else { throw .wrongLength(type: header.type, length: header.length) }
        return type
    }

    private func goesThisWay(_ type: RelayRecordType) -> Bool {
        switch type {
        case .hello: true
        case .sample, .join, .leave, .text, .closed, .moved, .adopted, .arrived: peer == .worker
        case .connection, .identityKey, .adopt: peer == .master
        }
    }

    private mutating func record(
        _ type: RelayRecordType, _ header: RelayHeader, _ whole: UnsafeRawBufferPointer
    ) throws(RelayError) -> RelayRecord {
        switch type {
        case .hello:
            try unsafe checkHello(whole)
            open()
            return .hello
        case .sample:
            return unsafe try tailedSample(header, whole)
        case .join:
            return unsafe .join(try join(header, whole))
        case .leave:
            return unsafe try leave(header, whole)
        case .text:
            return unsafe try text(header, whole)
        case .closed:
            return unsafe .closed(connection: connection(whole))
        case .connection:
            guard header.detail <= 1 else { throw .badSample }
            return unsafe .connection(connection(whole), isFirst: header.detail == 1)
        case .identityKey:
            return unsafe .identityKey(UnsafeRawBufferPointer(rebasing: whole[8...]))
        case .moved: return unsafe .moved(try move(header, whole))
        case .adopt: return unsafe .adopt(try move(header, whole))
        case .adopted: return unsafe .adopted(connection: connection(whole))
        case .arrived: return unsafe .arrived(try arrival(header, whole))
        }
    }

    func connection(_ whole: UnsafeRawBufferPointer) -> UInt64 {
        unsafe whole.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    private func checkHello(_ whole: UnsafeRawBufferPointer) throws(RelayError) {
        let hello = unsafe whole.loadUnaligned(fromByteOffset: 8, as: RelayHello.self)
        guard hello.magic == RelayHello.current.magic else { throw .wrongMagic(hello.magic) }
        guard hello == RelayHello.current else { throw .otherVersion(hello.version) }
    }
}
