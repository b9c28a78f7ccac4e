import PointerEvents
import WebSocketWire

/// Makes masked frames of samples by writing the digits that differ into a text that stands ready.
///
/// ```
///  0       7    11     17     23   27 28     34    39   43 44         54
///  {"id":" abc- 000017 ","x":  812 .  000123 ,"y":  433 .  0001250000 }
///          run  visitor       place  number        place  when it was due
/// ```
/// The place is whole pixels with blanks before it, as JSON has them (RFC 8259 section 2). Behind the point
/// of x stands the sample's number modulo a million, behind that of y when it was due, in microseconds of
/// the run modulo 10^10: a server that passes on what it was sent, to the last digit, can be checked to the
/// last sample, and nothing needs to be looked up for it. Kinds other than `move` follow as `k`. Short ones
/// say neither, as pages do not, and nothing can be held against them:
///
/// ```
/// {"id":"abc-at-000017","x":812,"y":433}
/// ```
@safe struct SampleFrames: ~Copyable {
    /// Bytes of a sample without a kind.
    static let plainBytes = 55
    /// Where a short one's visitor and its first place stand.
    private static let shortVisitor = 14
    private static let shortPlace = 26
    /// The most bytes of a sample, with the comma of an array and room for whole words.
    private static let sampleBytes = 80

    private let isShort: Bool
    private let template: UnsafeMutableRawPointer
    /// Four digits each: numbers below 10,000 with blanks before them, then with zeros.
    private let digits: UnsafeMutablePointer<UInt32>
    private static let zeroed = 10_000
    private let scratch: UnsafeMutableRawPointer
    /// The frames of one write.
    let room: UnsafeMutableRawBufferPointer
    /// Bytes of `room` in use.
    private(set) var count = 0

    /// `run` is three letters that tell this run from others; samples come in arrays of `batch`, or alone
    /// where it is 1; one write holds up to `frames`.
    init(run: String, batch: Int, frames: Int, isShort: Bool = false) {
        self.isShort = isShort
        let marked = "{\"id\":\"\(run)-000000\",\"x\":   1.000000,\"y\":   1.0000000000} "
        let short = "{\"id\":\"\(run)-at-000000\",\"x\":"
        let text = Array((isShort ? short : marked).utf8)
        precondition(text.count == (isShort ? Self.shortPlace : Self.plainBytes + 1))
        unsafe template = .allocate(byteCount: 64, alignment: 8)
        unsafe template.copyMemory(from: text, byteCount: text.count)
        unsafe digits = .allocate(capacity: 2 * Self.zeroed)
        for number in 0..<Self.zeroed {
            unsafe digits[number] = Self.word(number, blank: UInt8(ascii: " "))
            unsafe digits[number + Self.zeroed] = Self.word(number, blank: UInt8(ascii: "0"))
        }
        let message = batch * Self.sampleBytes + 16
        unsafe scratch = .allocate(byteCount: message, alignment: 8)
        unsafe room = .allocate(
            byteCount: frames * (message + WebSocketLimits.headerBytes) + 16, alignment: 8)
    }

    deinit {
        unsafe template.deallocate()
        unsafe digits.deallocate()
        unsafe scratch.deallocate()
        unsafe room.deallocate()
    }

    private static func word(_ number: Int, blank: UInt8) -> UInt32 {
        var word: UInt32 = 0
        var rest = number
        for place in 0..<4 {
            let digit = rest == 0 && place > 0 ? blank : UInt8(ascii: "0") + UInt8(rest % 10)
            word |= UInt32(digit) << UInt32((3 - place) * 8)
            rest /= 10
        }
        return word.littleEndian
    }

    /// What was made so far, masked.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: room[..<count]) }

    /// Makes room for the next write.
    @inline(__always)
    mutating func removeAll() { count = 0 }

    /// Appends a frame of one sample.
    @inline(__always)
    mutating func append(
        visitor: Int, sequence: UInt32, dueMicroseconds: Int64, point: TrackPoint, maskKey: UInt32
    ) {
        let length = unsafe write(
            at: scratch, visitor: visitor, sequence: sequence, dueMicroseconds: dueMicroseconds,
            point: point)
        finish(length, maskKey)
    }

    /// Appends a frame with an array of `count` samples, of numbers from `sequence` on.
    @inline(never)
    mutating func appendArray(
        visitor: Int, sequence: UInt32, count: Int, dueMicroseconds: Int64, point: TrackPoint,
        maskKey: UInt32
    ) {
        var length = 0
        for offset in 0..<count {
            unsafe scratch.storeBytes(
                of: UInt8(ascii: offset == 0 ? "[" : ","), toByteOffset: length, as: UInt8.self)
            length += 1
            unsafe length += write(
                at: scratch + length, visitor: visitor, sequence: sequence &+ UInt32(offset),
                dueMicroseconds: dueMicroseconds, point: point)
        }
        unsafe scratch.storeBytes(of: UInt8(ascii: "]"), toByteOffset: length, as: UInt8.self)
        finish(length + 1, maskKey)
    }

    @inline(__always)
    private func write(
        at target: UnsafeMutableRawPointer, visitor: Int, sequence: UInt32, dueMicroseconds: Int64,
        point: TrackPoint
    ) -> Int {
        if isShort { return unsafe writeShort(at: target, visitor: visitor, point: point) }
        unsafe target.copyMemory(from: template, byteCount: Self.plainBytes + 1)
        let number = UInt(truncatingIfNeeded: visitor)
        unsafe four(number / 100 % 10_000, target + 11)
        unsafe two(number % 100, target + 15)
        unsafe target.storeBytes(of: digits[Int(point.x)], toByteOffset: 23, as: UInt32.self)
        let order = UInt(sequence % 1_000_000)
        unsafe four(order / 100, target + 28)
        unsafe two(order % 100, target + 32)
        unsafe target.storeBytes(of: digits[Int(point.y)], toByteOffset: 39, as: UInt32.self)
        let due = UInt(bitPattern: Int(dueMicroseconds)) % 10_000_000_000
        unsafe four(due / 1_000_000, target + 44)
        unsafe four(due / 100 % 10_000, target + 48)
        unsafe two(due % 100, target + 52)
        return unsafe point.kind == .move
            ? Self.plainBytes : writeKind(point.kind, target, length: Self.plainBytes)
    }

    @inline(never)
    private func writeShort(at target: UnsafeMutableRawPointer, visitor: Int, point: TrackPoint) -> Int {
        unsafe target.copyMemory(from: template, byteCount: Self.shortPlace)
        let number = UInt(truncatingIfNeeded: visitor)
        unsafe four(number / 100 % 10_000, target + Self.shortVisitor)
        unsafe two(number % 100, target + Self.shortVisitor + 4)
        var length = Self.shortPlace
        unsafe length += plain(Int(point.x), target + length)
        unsafe (target + length).copyMemory(from: Self.betweenPlaces.utf8Start, byteCount: 5)
        length += 5
        unsafe length += plain(Int(point.y), target + length)
        unsafe target.storeBytes(of: UInt8(ascii: "}"), toByteOffset: length, as: UInt8.self)
        length += 1
        return unsafe point.kind == .move ? length : writeKind(point.kind, target, length: length)
    }

    private static let betweenPlaces: StaticString = ",\"y\":"

    /// Writes a number below 10,000 without anything in front of it; returns how many digits it has.
    private func plain(_ number: Int, _ target: UnsafeMutableRawPointer) -> Int {
        let blanks = number < 10 ? 3 : number < 100 ? 2 : number < 1_000 ? 1 : 0
        let word = unsafe UInt32(littleEndian: digits[number]) >> UInt32(8 * blanks)
        unsafe target.storeBytes(of: word.littleEndian, as: UInt32.self)
        return 4 - blanks
    }

    @inline(__always)
    private func four(_ number: UInt, _ target: UnsafeMutableRawPointer) {
        unsafe target.storeBytes(of: digits[Self.zeroed + Int(bitPattern: number)], as: UInt32.self)
    }

    @inline(__always)
    private func two(_ number: UInt, _ target: UnsafeMutableRawPointer) {
        let word = unsafe UInt32(littleEndian: digits[Self.zeroed + Int(bitPattern: number)]) >> 16
        unsafe target.storeBytes(of: UInt16(truncatingIfNeeded: word).littleEndian, as: UInt16.self)
    }

    @inline(never)
    private func writeKind(_ kind: PointerKind, _ target: UnsafeMutableRawPointer, length: Int) -> Int {
        var length = length - 1
        for part: StaticString in [",\"k\":\"", kind.word, "\"}"] {
            unsafe (target + length).copyMemory(from: part.utf8Start, byteCount: part.utf8CodeUnitCount)
            length += part.utf8CodeUnitCount
        }
        return length
    }

    /// Appends the scratch as a masked text frame (RFC 6455 section 5.2), eight bytes at a time; both ends
    /// have room for a whole last word.
    @inline(__always)
    private mutating func finish(_ length: Int, _ maskKey: UInt32) {
        guard let base = unsafe room.baseAddress else { return }
        var target = unsafe base + count
        unsafe target.storeBytes(of: 0x81, as: UInt8.self)
        if length < 126 {
            unsafe target.storeBytes(
                of: 0x80 | UInt8(truncatingIfNeeded: length), toByteOffset: 1, as: UInt8.self)
            unsafe target += 2
        } else {
            unsafe target.storeBytes(of: 0xFE, toByteOffset: 1, as: UInt8.self)
            unsafe target.storeBytes(
                of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt16.self)
            unsafe target += 4
        }
        unsafe target.storeBytes(of: maskKey.littleEndian, as: UInt32.self)
        unsafe target += 4
        let wide = (UInt64(maskKey) << 32 | UInt64(maskKey)).littleEndian
        var offset = 0
        while offset < length {
            let word = unsafe scratch.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ wide
            unsafe target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
            offset &+= 8
        }
        count = unsafe target - base + length
    }
}
