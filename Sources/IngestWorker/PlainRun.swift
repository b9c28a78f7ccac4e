import ByteCore
import PointerEvents
import RelayWire
import WebSocketWire

/// Messages of one visitor like `{"id":"user123","x":812,"y":433}`, of which nothing but the numbers differs,
/// and what each is held against. It does what `SampleTemplate.read` does.
///
/// Nothing is called on the way of a message, so that all that it needs lives in registers.
@safe struct PlainRun: BitwiseCopyable {
    /// Which frames may be taken, and where the last one may end; `MaskedText.slack` bytes behind it are
    /// readable.
    let frames: WholeFrames
    let end: UnsafeMutableRawPointer
    /// How each begins up to `x`, and eight times how many bytes that are, modulo 64.
    let lead: UnsafeRawPointer
    let leadCount: Int
    let leadBits: UInt64
    let slot: UInt32
    let receivedNanoseconds: Int64

    /// A lead is compared 16 bytes at a time; only ids of one or two bytes have a shorter one.
    static var leastLead: Int { 16 }

    /// `,"y":`, the first byte lowest.
    private static var yWord: UInt64 { 0x3A_2279_222C }

    /// Takes messages from `place` on for as long as they are alike and of usual numbers, and their records
    /// end before `recordsEnd`; both are behind the last one then.
    ///
    /// `.otherNumber` where `takeRare` has to look.
    @inline(__always)
    func take(
        _ place: inout UnsafeMutableRawPointer, to record: inout UnsafeMutableRawPointer,
        before recordsEnd: UnsafeMutableRawPointer
    ) -> SampleTemplate.Reading {
        typealias Pair = SIMD2<UInt64>
        // All else of a move is zeros.
        let head = PointerSample.head(
            type: PointerSample.recordType, length: UInt16(RelayRecordType.sampleBytes), slot: slot)
        let begin = Pair(head, UInt64(bitPattern: receivedNanoseconds))
        let lastRecord = unsafe recordsEnd - RelayRecordType.sampleBytes
        while unsafe record <= lastRecord, let message = unsafe frames.next(from: place, to: end) {
            var text = unsafe MaskedText(message.payload, key: message.key)
            guard leadCount <= message.count,
                unsafe text.passLong(lead, count: leadCount, bits: leadBits)
            else { return .otherText }
            let x = text.passUsualNumber()
            guard x == x else { return .otherNumber }
            guard text.pass(Self.yWord, bits: 40) else { return .otherText }
            let y = text.passUsualNumber()
            guard y == y else { return .otherNumber }
            guard text.isAt(UInt8(ascii: "}")),
                unsafe text.distance(from: message.payload) &+ 1 == message.count
            else { return .otherText }
            unsafe record.storeBytes(of: begin, as: Pair.self)
            unsafe record.storeBytes(of: SIMD2(x, y), toByteOffset: 16, as: SIMD2<Double>.self)
            unsafe record.storeBytes(of: Pair(0, 0), toByteOffset: 32, as: Pair.self)
            unsafe record.storeBytes(of: Pair(0, 0), toByteOffset: 48, as: Pair.self)
            unsafe record += RelayRecordType.sampleBytes
            unsafe place = message.payload + message.count
        }
        return .sample
    }

    /// Takes the one message at `place`, for which there is room, whatever its numbers are; says where it
    /// ends.
    func takeRare(
        _ place: UnsafeMutableRawPointer, to record: UnsafeMutableRawPointer
    ) -> (reading: SampleTemplate.Reading, end: UnsafeMutableRawPointer) {
        guard let message = unsafe frames.next(from: place, to: end), leadCount <= message.count else {
            return unsafe (.otherText, place)
        }
        var text = unsafe MaskedText(message.payload, key: message.key)
        guard unsafe text.passLong(lead, count: leadCount, bits: leadBits) else {
            return unsafe (.otherText, place)
        }
        var sample = PointerSample()
        (sample.slot, sample.receivedNanoseconds) = (slot, receivedNanoseconds)
        sample.x = text.passNumber()
        guard sample.x == sample.x else { return unsafe (.otherNumber, place) }
        guard text.pass(Self.yWord, bits: 40) else { return unsafe (.otherText, place) }
        sample.y = text.passNumber()
        guard sample.y == sample.y else { return unsafe (.otherNumber, place) }
        guard text.isAt(UInt8(ascii: "}")),
            unsafe text.distance(from: message.payload) &+ 1 == message.count
        else { return unsafe (.otherText, place) }
        unsafe record.storeBytes(of: sample, as: PointerSample.self)
        return unsafe (.sample, message.payload + message.count)
    }
}
