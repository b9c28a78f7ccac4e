import func COpenSSL.ps_memory_differs

/// Comparing what a stranger shows with what would be right (CRYPTO_memcmp(3)).
public enum ConstantTime {
    /// Whether both hold the same bytes; the time depends on how many there are, which is no secret, and
    /// not on where they differ.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe ps_memory_differs(left, right, left.count) == 0
    }
}
