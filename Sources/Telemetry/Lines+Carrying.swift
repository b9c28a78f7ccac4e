public import ByteCore

/// The lines of a ring with their numbers, left to a successor.
///
/// ```
/// [ number of the next u64 ][ lines u32 ] n x [ bytes ]     the newest last
/// ```
public struct CarriedLines: Carriable, Equatable, Sendable {
    var next: UInt64 = 0
    var lines: [CarriedText] = []

    private static let most = 16_384

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&next)
        try carrier.carry(&lines, limit: Self.most)
        try carrier.require(UInt64(lines.count) <= next)
    }
}

extension LineRing {
    /// What a successor needs so that readers go on where they are.
    public var carried: CarriedLines {
        var carried = CarriedLines()
        carried.next = next
        carried.lines = (oldest..<next).map { CarriedText(self[$0] ?? []) }
        return carried
    }

    /// Takes over the lines of a ring; to be called on one in which none is.
    public mutating func take(_ carried: CarriedLines) {
        begin(at: carried.next - UInt64(carried.lines.count))
        for line in carried.lines { unsafe line.bytes.withUnsafeBytes { unsafe add($0) } }
    }
}

extension LogRing {
    /// What a successor needs to show: the lines, the oldest first.
    public var carried: [CarriedText] { all.map { CarriedText($0) } }

    /// Takes over such lines.
    public mutating func take(_ carried: [CarriedText]) {
        // Each stands without the line feed with which it is taken.
        for line in carried {
            unsafe (line.bytes + [UInt8(ascii: "\n")]).withUnsafeBytes { unsafe add($0) }
        }
    }
}

extension SpokenLines {
    /// The beginning of a line whose end was not said yet.
    public var carried: CarriedText { unsafe CarriedText(Array(partial.readable)) }

    /// Goes on with a line.
    public init(_ carried: CarriedText) {
        self.init()
        unsafe carried.bytes.withUnsafeBytes { bytes in
            unsafe partial.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(LogLimits.textBytes)))
        }
    }
}
