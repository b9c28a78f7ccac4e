extension WireV1State {
    /// Bytes behind a message that `takeMoves` may look at, whatever they hold.
    public static var slack: Int { 8 }

    /// Takes a message of `byteCount` bytes that is the next one and brings nothing but compact moves, as
    /// most are; it is read as it lies, masked with `key` (RFC 6455 section 5.3), the first byte of which is
    /// the lowest. Writes a record of each move to `records`, with this `slot` and time.
    ///
    /// There is room for half as many as the message has bytes. Returns how many they are; 0, and nothing has
    /// changed but what stands at `records`, where it is any other message: `WireV1Decoder` says what of it,
    /// and what is wrong with it if anything is. What is taken here comes out the same either way.
    @inline(__always)
    public mutating func takeMoves(
        _ message: UnsafeRawPointer, byteCount: Int, key: UInt32, to records: UnsafeMutableRawPointer,
        slot: UInt32, receivedNanoseconds: Int64
    ) -> Int {
        let count = byteCount &>> 1
        guard byteCount & 1 == 1, count >= 1, count <= Limits.samplesPerMessage, isUsual,
            unsafe message.load(as: UInt8.self) ^ UInt8(truncatingIfNeeded: key)
                == UInt8(truncatingIfNeeded: place.number &+ 1)
        else { return 0 }
        // All that changes from move to move lives in registers.
        var (x, y, clock, beat) = (place.x, place.y, place.clock, place.beat)
        // Where none of the moves can lead too far, no one has to be asked.
        let bound = Int32(WireV1Limits.position) &- Int32(truncatingIfNeeded: count) &* 64
        guard x <= bound, x >= -bound, y <= bound, y >= -bound else { return 0 }
        let head = MoveRecord.head(slot: slot, receivedNanoseconds: receivedNanoseconds)
        let wide = UInt64(key) << 32 | UInt64(key)
        let turned = wide &>> 8 | wide &<< 56
        var source = unsafe message + 1
        var target = unsafe records
        // Whether each has its mark, and the sign of each step's length.
        var marks = UInt64.max
        var signs: Int32 = 0
        var left = count
        while left > 0 {
            // Four moves, the first one highest.
            let masked = unsafe UInt64(littleEndian: source.loadUnaligned(as: UInt64.self))
            var word = (masked ^ turned).byteSwapped
            unsafe source += 8
            var inWord = min(left, 4)
            left &-= inWord
            repeat {
                let step = beat &+ Int32(truncatingIfNeeded: word &>> 61 & 3) &- 1
                marks &= word
                signs |= step
                x &+= Int32(truncatingIfNeeded: Int64(bitPattern: word &<< 3) &>> 57)
                y &+= Int32(truncatingIfNeeded: Int64(bitPattern: word &<< 10) &>> 58)
                if step <= WireV1Compact.slowestBeat { beat = step }
                clock &+= Int64(step) &* 2
                unsafe MoveRecord.write(head, x: x, y: y, clock: clock, to: target)
                unsafe target += MemoryLayout<PointerSample>.size
                word &<<= 16
                inWord &-= 1
            } while inWord > 0
        }
        guard marks >> 63 == 1, signs >= 0, clock <= WireV1Limits.clock else { return 0 }
        (place.x, place.y, place.clock, place.beat) = (x, y, clock, beat)
        place.number &+= 1
        place.flags.insert(.isOnPage)
        return count
    }

    /// Whether the next message begins with no more to say than what it brings.
    private var isUsual: Bool {
        let telling = WireV1Place.Flags.unsaid.union([.begun, .awaitsSync, .saidBye])
        return place.flags.intersection(telling) == .begun && place.lateCount == 0
    }
}

/// The record of a move that says where and when, and nothing else, written sixteen bytes at a time.
private enum MoveRecord {
    typealias Head = SIMD2<UInt64>

    /// What all records of a message begin with.
    @inline(__always)
    static func head(slot: UInt32, receivedNanoseconds: Int64) -> Head {
        var sample = PointerSample()
        sample.fields = .clientTime
        sample.slot = slot
        sample.receivedNanoseconds = receivedNanoseconds
        return unsafe withUnsafeBytes(of: sample) { unsafe $0.loadUnaligned(as: Head.self) }
    }

    /// What stands behind the time is nothing: width, height, page and buttons, and the kind of a move.
    @inline(__always)
    static func write(_ head: Head, x: Int32, y: Int32, clock: Int64, to target: UnsafeMutableRawPointer) {
        unsafe target.storeBytes(of: head, as: Head.self)
        unsafe target.storeBytes(
            of: SIMD2(Double(x), Double(y)), toByteOffset: 16, as: SIMD2<Double>.self)
        unsafe target.storeBytes(of: SIMD2(Double(clock), 0), toByteOffset: 32, as: SIMD2<Double>.self)
        unsafe target.storeBytes(of: SIMD2(0, 0), toByteOffset: 48, as: SIMD2<UInt64>.self)
    }
}
