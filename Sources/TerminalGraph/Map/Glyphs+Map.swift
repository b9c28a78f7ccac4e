/// The signs of maps.
extension Glyphs {
    /// A pointer that moves.
    var pointer: UInt32 { isUnicode ? 0x25CF : UInt32(UInt8(ascii: "O")) }
    /// A pointer at rest.
    var restingPointer: UInt32 { isUnicode ? 0x25CB : UInt32(UInt8(ascii: "o")) }
    /// The pointer of whoever is selected.
    var chosenPointer: UInt32 { isUnicode ? 0x25C9 : UInt32(UInt8(ascii: "@")) }
    /// Where a path begins.
    var pathStart: UInt32 { isUnicode ? 0x25C7 : UInt32(UInt8(ascii: "S")) }
    /// Where a button was clicked.
    var click: UInt32 { isUnicode ? 0xD7 : UInt32(UInt8(ascii: "x")) }

    /// A cell that `count` pointers share; where there may be no colours to tell how many, it says so itself.
    func crowd(_ count: Int) -> UInt32 {
        guard self == .ascii else { return dots(0xFF) }
        return count <= 9 ? UInt32(UInt8(ascii: "0")) + UInt32(max(count, 0)) : UInt32(UInt8(ascii: "#"))
    }
}
