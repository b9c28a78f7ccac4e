/// A keyed 64-bit hash for tables whose keys come from strangers.
///
/// SipHash-1-3: whoever does not know the seed cannot prepare keys that meet in one bucket, which simple
/// multiplying hashes do not promise. The key is `seed` followed by a value mixed from it.
public enum Hash64 {
    /// Hashes `bytes`; `seed` is random and the same for the life of a table.
    @inlinable
    public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        unsafe sipHash(bytes, key0: seed, key1: mix(seed), compressions: 1, finalizations: 3)
    }

    /// A bijection without obvious fixed points (the finalizer of SplitMix64).
    @inlinable @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// SipHash-c-d of Aumasson and Bernstein, "SipHash: a fast short-input PRF", section 2.
    @inlinable @inline(__always)
    static func sipHash(
        _ bytes: UnsafeRawBufferPointer, key0: UInt64, key1: UInt64, compressions: Int, finalizations: Int
    ) -> UInt64 {
        var state = SipState(key0: key0, key1: key1)
        let count = bytes.count
        var index = 0
        while count &- index >= 8 {
            let word = unsafe UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            state.absorb(word, rounds: compressions)
            index &+= 8
        }
        // The last word: the bytes that are left, and the length modulo 256 on top.
        var last = UInt64(truncatingIfNeeded: count) << 56
        var shift: UInt64 = 0
        while index < count {
            unsafe last |= UInt64(bytes[index]) << shift
            shift &+= 8
            index &+= 1
        }
        state.absorb(last, rounds: compressions)
        return state.finish(rounds: finalizations)
    }
}

/// The four words of SipHash's state.
@frozen @usableFromInline
struct SipState {
    @usableFromInline var v0: UInt64
    @usableFromInline var v1: UInt64
    @usableFromInline var v2: UInt64
    @usableFromInline var v3: UInt64

    @inlinable @inline(__always)
    init(key0: UInt64, key1: UInt64) {
        v0 = key0 ^ 0x736F_6D65_7073_6575
        v1 = key1 ^ 0x646F_7261_6E64_6F6D
        v2 = key0 ^ 0x6C79_6765_6E65_7261
        v3 = key1 ^ 0x7465_6462_7974_6573
    }

    @inlinable @inline(__always)
    mutating func absorb(_ word: UInt64, rounds: Int) {
        v3 ^= word
        for _ in 0..<rounds { round() }
        v0 ^= word
    }

    @inlinable @inline(__always)
    mutating func finish(rounds: Int) -> UInt64 {
        v2 ^= 0xFF
        for _ in 0..<rounds { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    @inlinable @inline(__always)
    mutating func round() {
        v0 = v0 &+ v1
        v1 = Self.rotated(v1, by: 13) ^ v0
        v0 = Self.rotated(v0, by: 32)
        v2 = v2 &+ v3
        v3 = Self.rotated(v3, by: 16) ^ v2
        v0 = v0 &+ v3
        v3 = Self.rotated(v3, by: 21) ^ v0
        v2 = v2 &+ v1
        v1 = Self.rotated(v1, by: 17) ^ v2
        v2 = Self.rotated(v2, by: 32)
    }

    @inlinable @inline(__always)
    static func rotated(_ value: UInt64, by bits: UInt64) -> UInt64 {
        (value &<< bits) | (value &>> (64 &- bits))
    }
}
