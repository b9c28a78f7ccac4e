/// Finds slots by hash: open addressing, linear probing, no tombstones.
///
/// ```
///  bucket   slot + 1, u32 | low half of the hash, u32        all zero: free
/// ```
/// It holds slot numbers and half of each hash; what a slot stands for, and whether it is the same, is the
/// caller's to know. Between seven and eight tenths of the buckets are in use where there are many, so one
/// costs some 11 bytes: any number of buckets will do, since a place follows from a hash by multiplication.
/// Hashes of what strangers choose have to be keyed (`Hash64`).
///
/// ```
///  block    | buckets in use, some of them free        | never written to, so it costs nothing |
///                                            bucketCount                                    room
/// ```
/// Growing moves everything within the block: blocks that were made anew each time would leave as much in
/// holes of the heap as the last of them has.
public struct SlotIndex: ~Copyable {
    @usableFromInline
    struct Bucket: BitwiseCopyable {
        @usableFromInline var slotPlusOne: UInt32
        @usableFromInline var hash: UInt32

        @inlinable init(slotPlusOne: UInt32, hash: UInt32) {
            self.slotPlusOne = slotPlusOne
            self.hash = hash
        }
    }

    @usableFromInline var buckets: UnsafeMutablePointer<Bucket>
    @usableFromInline var bucketCount: UInt32
    /// Slots stored.
    public private(set) var count = 0

    /// The most slots that an index holds.
    public static let mostSlots = 1 << 30
    private static let leastBuckets = 16
    /// From so many on it grows by an eighth.
    private static let largeBuckets = 1_024
    /// Beyond them there is room for so many: 1 MiB, which malloc(3) maps apart.
    private static let largeRoom = 131_072

    /// Makes an index in which `capacity` slots find room before it grows, at most half of it filled.
    public init(capacity: Int = 0) {
        precondition(capacity <= Self.mostSlots)
        var count = Self.leastBuckets
        while count < capacity * 2 { count *= 2 }
        bucketCount = UInt32(count)
        buckets = Self.block(count)
    }

    private init(copying other: borrowing SlotIndex) {
        bucketCount = other.bucketCount
        count = other.count
        buckets = Self.block(Int(bucketCount))
        buckets.update(from: other.buckets, count: Int(bucketCount))
    }

    deinit { buckets.deallocate() }

    /// Buckets for which there is memory.
    var room: Int { Self.room(for: Int(bucketCount)) }

    /// How many buckets to make room for where `count` are needed.
    private static func room(for count: Int) -> Int {
        guard count > largeBuckets else { return count }
        var room = largeRoom
        while room < count { room *= 2 }
        return room
    }

    /// `count` free buckets, and room for more behind them that is not touched.
    private static func block(_ count: Int) -> UnsafeMutablePointer<Bucket> {
        let block = UnsafeMutablePointer<Bucket>.allocate(capacity: room(for: count))
        block.initialize(repeating: free, count: count)
        return block
    }

    private static var free: Bucket { Bucket(slotPlusOne: 0, hash: 0) }

    /// An index of the same slots.
    public borrowing func copy() -> SlotIndex { SlotIndex(copying: self) }

    /// The half of a hash that is kept, stirred so that numbers in a row lie far apart.
    @inlinable @inline(__always)
    static func short(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) &* 0x9E37_79B1 }

    /// Where the search for a hash begins.
    @inlinable @inline(__always)
    func home(of short: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(short) &* UInt64(bucketCount)) &>> 32)
    }

    @inlinable @inline(__always)
    func place(after place: UInt32) -> UInt32 { place &+ 1 == bucketCount ? 0 : place &+ 1 }

    /// The slot stored under `hash` for which `isSame` holds; constant time on average.
    @inlinable @inline(__always)
    public func find(_ hash: UInt64, where isSame: (UInt32) -> Bool) -> UInt32? {
        let short = Self.short(hash)
        var place = home(of: short)
        while true {
            let bucket = buckets[Int(place)]
            if bucket.slotPlusOne == 0 { return nil }
            if bucket.hash == short, isSame(bucket.slotPlusOne &- 1) { return bucket.slotPlusOne &- 1 }
            place = self.place(after: place)
        }
    }

    /// Stores `slot`, which is not in the index yet.
    public mutating func insert(_ hash: UInt64, slot: UInt32) {
        precondition(count < Self.mostSlots && slot != .max)
        let buckets = Int(bucketCount)
        if (count + 1) * 5 > buckets * 4 {
            grow(to: buckets + (buckets < Self.largeBuckets ? buckets : buckets / 8))
        }
        put(Bucket(slotPlusOne: slot + 1, hash: Self.short(hash)))
        count += 1
    }

    /// Takes `slot` out, which is stored under `hash`.
    public mutating func remove(_ hash: UInt64, slot: UInt32) {
        var hole = home(of: Self.short(hash))
        while buckets[Int(hole)].slotPlusOne != slot + 1 {
            precondition(buckets[Int(hole)].slotPlusOne != 0, "a slot is removed only while it is stored")
            hole = place(after: hole)
        }
        // Whoever stands behind the hole and was pushed over it by the probing moves up (Knuth, "The Art of
        // Computer Programming", volume 3, section 6.4, algorithm R).
        var next = place(after: hole)
        while buckets[Int(next)].slotPlusOne != 0 {
            if distance(from: home(of: buckets[Int(next)].hash), to: next) >= distance(from: hole, to: next) {
                buckets[Int(hole)] = buckets[Int(next)]
                hole = next
            }
            next = place(after: next)
        }
        buckets[Int(hole)] = Self.free
        count -= 1
    }

    /// Steps from one place to another one, around the end.
    private func distance(from one: UInt32, to other: UInt32) -> UInt32 {
        other >= one ? other - one : other + bucketCount - one
    }

    private mutating func put(_ bucket: Bucket) {
        var place = home(of: bucket.hash)
        while buckets[Int(place)].slotPlusOne != 0 { place = self.place(after: place) }
        buckets[Int(place)] = bucket
    }

    /// Bytes in use.
    public var byteCount: Int { Int(bucketCount) * MemoryLayout<Bucket>.stride }

    /// Gives memory back of which no more than an eighth is used, as after a crowd.
    public mutating func shrink() {
        var buckets = Int(bucketCount)
        while buckets > Self.leastBuckets, (count + 1) * 8 < buckets { buckets /= 2 }
        if buckets < Int(bucketCount) { resize(to: buckets) }
    }

    /// Calls `body` with every slot, in no order.
    public borrowing func forEach(_ body: (UInt32) -> Void) {
        for place in 0..<Int(bucketCount) where buckets[place].slotPlusOne != 0 {
            body(buckets[place].slotPlusOne - 1)
        }
    }

    private mutating func resize(to newCount: Int) {
        let old = buckets
        let oldCount = Int(bucketCount)
        buckets = Self.block(newCount)
        bucketCount = UInt32(newCount)
        for index in 0..<oldCount where old[index].slotPlusOne != 0 { put(old[index]) }
        old.deallocate()
    }
}

/// Growing.
extension SlotIndex {
    private mutating func grow(to newCount: Int) {
        guard newCount <= room else { return resize(to: newCount) }
        let oldCount = Int(bucketCount)
        (buckets + oldCount).initialize(repeating: Self.free, count: newCount - oldCount)
        bucketCount = UInt32(newCount)
        spread(from: oldCount)
    }

    /// Moves everyone from where they stand among `oldCount` buckets to where they belong now.
    ///
    /// Homes move up and keep their order, so runs of buckets in use are taken up from the last to the first:
    /// whoever is put down passes nobody who is still to be taken up. Nobody is put down over the end before
    /// all have been taken up, and those who stood over the old end, or behind them, come last.
    private mutating func spread(from oldCount: Int) {
        var last: [Bucket] = []
        var first = 0
        while let bucket = take(first) {
            last.append(bucket)
            first += 1
        }
        var run: [Bucket] = []
        var place = oldCount - 1
        // `first` is a free bucket: a fifth of all are.
        while place > first {
            while let bucket = take(place) {
                run.append(bucket)
                place -= 1
            }
            while let bucket = run.popLast() {
                if !putBeforeEnd(bucket) { last.append(bucket) }
            }
            place -= 1
        }
        for bucket in last { put(bucket) }
    }

    /// What stands at a place, which is free then; nil where it is.
    private func take(_ place: Int) -> Bucket? {
        let bucket = buckets[place]
        guard bucket.slotPlusOne != 0 else { return nil }
        buckets[place] = Self.free
        return bucket
    }

    /// Puts one down, unless the search for a free bucket goes over the end.
    private func putBeforeEnd(_ bucket: Bucket) -> Bool {
        var place = Int(home(of: bucket.hash))
        while place < Int(bucketCount) {
            if buckets[place].slotPlusOne == 0 {
                buckets[place] = bucket
                return true
            }
            place += 1
        }
        return false
    }
}

/// Whether both have the same bytes; without a call of memcmp(3), which short texts like ids do not repay.
///
/// Eight bytes at a time, the last of which may have been compared before: no text takes a step a byte.
@inlinable @inline(__always)
public func areEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    let count = one.count
    guard count == other.count else { return false }
    guard let first = one.baseAddress, let second = other.baseAddress else { return true }
    if count >= 8 {
        var offset = 0
        while offset < count &- 8 {
            if differ(first, second, offset, UInt64.self) { return false }
            offset &+= 8
        }
        return !differ(first, second, count &- 8, UInt64.self)
    }
    if count >= 4 {
        return !differ(first, second, 0, UInt32.self) && !differ(first, second, count &- 4, UInt32.self)
    }
    // At most three: the first, the one in the middle and the last are all.
    return count == 0
        || !differ(first, second, 0, UInt8.self) && !differ(first, second, count &>> 1, UInt8.self)
            && !differ(first, second, count &- 1, UInt8.self)
}

@inlinable @inline(__always)
func differ<Word: FixedWidthInteger & BitwiseCopyable>(
    _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ offset: Int, _ word: Word.Type
) -> Bool {
    one.loadUnaligned(fromByteOffset: offset, as: word)
        != other.loadUnaligned(fromByteOffset: offset, as: word)
}
