extension WireV1State {
    /// Takes a message that is the next one and brings nothing but compact moves, as most are; writes a
    /// record of each to `records`, with this `slot` and time.
    ///
    /// There is room for half as many as the message has bytes. Returns how many they are; 0, and nothing has
    /// changed, where it is any other message: `WireV1Decoder` says what of it, and what is wrong with it if
    /// anything is. What is taken here comes out the same either way.
    public mutating func takeMoves(
        _ message: UnsafeRawBufferPointer, to records: UnsafeMutableRawPointer, slot: UInt32,
        receivedNanoseconds: Int64
    ) -> Int {
        let count = message.count &>> 1
        guard message.count & 1 == 1, count >= 1, count <= Limits.samplesPerMessage,
            let base = message.baseAddress, isUsual,
            unsafe base.load(as: UInt8.self) == UInt8(truncatingIfNeeded: place.number &+ 1)
        else { return 0 }
        var sample = PointerSample()
        sample.fields = .clientTime
        sample.slot = slot
        sample.receivedNanoseconds = receivedNanoseconds
        // All that changes from move to move lives in registers.
        var (x, y, clock, beat) = (place.x, place.y, place.clock, place.beat)
        var source = unsafe base + 1
        let end = unsafe base + message.count
        var target = unsafe records
        while unsafe source < end {
            let bits = unsafe UInt16(bigEndian: source.loadUnaligned(as: UInt16.self))
            let step = beat &+ Int32(bits &>> 13 & 3) &- 1
            x &+= Int32(Int16(truncatingIfNeeded: bits &<< 3) &>> 9)
            y &+= Int32(Int16(truncatingIfNeeded: bits &<< 10) &>> 10)
            let bound = Int32(WireV1Limits.position)
            let furthest = max(UInt32(bitPattern: x &+ bound), UInt32(bitPattern: y &+ bound))
            guard bits >= 0x8000, step >= 0, furthest <= UInt32(2 * bound) else { return 0 }
            if step <= WireV1Compact.slowestBeat { beat = step }
            clock &+= Int64(step) &* 2
            sample.x = Double(x)
            sample.y = Double(y)
            sample.clientTime = Double(clock)
            unsafe target.storeBytes(of: sample, as: PointerSample.self)
            unsafe target += MemoryLayout<PointerSample>.size
            unsafe source += 2
        }
        guard clock <= WireV1Limits.clock else { return 0 }
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
