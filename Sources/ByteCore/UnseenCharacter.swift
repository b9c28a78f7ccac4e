/// Characters that are not to be seen, and steer a terminal or their neighbours instead: delete and the C1
/// controls, separators of lines and paragraphs, bidirectional and other format characters, and what
/// displays pass over (General_Category Cf, Zl, Zp and Default_Ignorable_Code_Point of Unicode 16).
public enum UnseenCharacter {
    /// Whether a Unicode scalar value is one of them.
    public static func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x7F...0x9F, 0xAD: true
        case ..<0x34F: false
        case 0x34F: true
        case 0x600...0x605, 0x61C, 0x6DD, 0x70F, 0x890...0x891, 0x8E2: true
        case 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F: true
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true
        case 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB: true
        case 0x110BD, 0x110CD, 0x13430...0x1343F, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A: true
        case 0xE0000...0xE0FFF: true
        default: false
        }
    }
}
