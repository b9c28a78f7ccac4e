/// Bounds of the byte layer, each with its reason.
enum Limits {
    /// Digits of a number that can decide how it is rounded: halfway points between doubles have at most 767,
    /// and one more stands for whatever follows.
    static let decisiveDigits = 768
    /// Where a decimal exponent is cut: far outside of what any message's digits could make up for.
    static let decimalExponent = 1 << 40
}
