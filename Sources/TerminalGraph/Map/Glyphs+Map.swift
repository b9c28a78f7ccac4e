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

    /// At the edges of a path's page, pointing at where the pointer is.
    var fromLeft: UInt32 { isUnicode ? 0x25B8 : UInt32(UInt8(ascii: ">")) }
    var fromRight: UInt32 { isUnicode ? 0x25C2 : UInt32(UInt8(ascii: "<")) }
    var fromAbove: UInt32 { isUnicode ? 0x25BE : UInt32(UInt8(ascii: "v")) }
    var fromBelow: UInt32 { isUnicode ? 0x25B4 : UInt32(UInt8(ascii: "^")) }
    /// Where something other than a click was done.
    var actMark: UInt32 { isUnicode ? 0x25C6 : UInt32(UInt8(ascii: "#")) }
    /// From one page to the next.
    var onward: String { isUnicode ? "›" : ">" }
    /// Behind what was done several times.
    var times: String { isUnicode ? "×" : "x" }

    /// A cell that `count` pointers share; where there may be no colours to tell how many, it says so itself.
    func crowd(_ count: Int) -> UInt32 {
        guard self == .ascii else { return dots(0xFF) }
        return count <= 9 ? UInt32(UInt8(ascii: "0")) + UInt32(max(count, 0)) : UInt32(UInt8(ascii: "#"))
    }
}
