/// Mask keys for client frames (RFC 6455 section 5.3).
///
/// They protect proxies from bytes that a script chose; here no script speaks, so a quick generator will do.
struct MaskKeys {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The next key.
    mutating func next() -> UInt32 { UInt32(truncatingIfNeeded: random.bits()) }

    /// The 16 bytes of a Sec-WebSocket-Key.
    mutating func nonce() -> (UInt64, UInt64) { (random.bits(), random.bits()) }
}
