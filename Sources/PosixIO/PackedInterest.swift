/// What a descriptor is watched for, in a byte: for tables of thousands.
///
/// ```
///  7     5     4            3            2          1          0
/// [ zero | onlyNews | peerClosed | writable | urgent | readable ]
/// ```
@frozen
public struct PackedInterest: Equatable, Sendable, BitwiseCopyable {
    @usableFromInline let bits: UInt8

    /// That of a descriptor that is not watched.
    @inlinable public init() { bits = 0 }

    @inlinable public init(_ interest: Interest) {
        let raw = interest.rawValue
        bits = UInt8(truncatingIfNeeded: raw & 7 | raw >> 10 & 8 | raw >> 27 & 16)
    }

    /// As it was packed.
    @inlinable public var interest: Interest {
        let wide = UInt32(bits)
        return Interest(rawValue: wide & 7 | (wide & 8) << 10 | (wide & 16) << 27)
    }
}
