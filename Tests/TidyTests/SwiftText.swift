/// Swift source with its comments and the insides of its string literals blanked out, line for line.
///
/// What is left can be searched for keywords and braces. Interpolations are blanked with the string they are
/// in.
struct SwiftText {
    private let source: [UInt8]
    private let keepsComments: Bool
    private let keepsStrings: Bool
    private var position = 0
    private var blanked: [UInt8] = []

    /// UTF-8 in, as many bytes of UTF-8 out; with `keepingComments` only strings are blanked out, with
    /// `keepingStrings` only comments.
    static func blanked(
        _ text: String, keepingComments: Bool = false, keepingStrings: Bool = false
    ) -> [UInt8] {
        var scanner = SwiftText(
            source: Array(text.utf8), keepsComments: keepingComments, keepsStrings: keepingStrings)
        scanner.scan()
        return scanner.blanked
    }

    private init(source: [UInt8], keepsComments: Bool, keepsStrings: Bool) {
        self.source = source
        self.keepsComments = keepsComments
        self.keepsStrings = keepsStrings
        blanked.reserveCapacity(source.count)
    }

    private mutating func scan() {
        while position < source.count {
            switch source[position] {
            case Self.slash where starts(with: Self.lineComment):
                while position < source.count, source[position] != Self.newline { skipCommentByte() }
            case Self.slash where starts(with: Self.commentStart): skipComment()
            case Self.quote: skipString()
            case Self.pound where startsRawString(): skipString()
            default: keep()
            }
        }
    }

    private static let newline = UInt8(ascii: "\n")
    private static let slash = UInt8(ascii: "/")
    private static let quote = UInt8(ascii: "\"")
    private static let pound = UInt8(ascii: "#")
    private static let lineComment = Array("//".utf8)
    private static let commentStart = Array("/*".utf8)
    private static let commentEnd = Array("*/".utf8)

    private func starts(with text: [UInt8]) -> Bool {
        guard position + text.count <= source.count else { return false }
        for index in text.indices where source[position + index] != text[index] { return false }
        return true
    }

    private func startsRawString() -> Bool {
        guard source[position] == Self.pound else { return false }
        let end = source[position...].firstIndex { $0 != Self.pound }
        return end.map { source[$0] == Self.quote } ?? false
    }

    private mutating func keep() {
        blanked.append(source[position])
        position += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < source.count {
            blanked.append(source[position] == Self.newline ? Self.newline : UInt8(ascii: " "))
            position += 1
        }
    }

    /// Passes over bytes of a string.
    private mutating func pass(_ count: Int = 1) {
        guard keepsStrings else { return blank(count) }
        for _ in 0..<count where position < source.count { keep() }
    }

    private mutating func skipCommentByte() {
        if keepsComments { keep() } else { blank() }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if starts(with: Self.commentStart) {
                depth += 1
                skipCommentByte()
            } else if starts(with: Self.commentEnd) {
                depth -= 1
                skipCommentByte()
            }
            skipCommentByte()
        } while depth > 0 && position < source.count
    }

    private mutating func skipString() {
        var pounds = 0
        while source[position] == Self.pound {
            pounds += 1
            pass()
        }
        let three = [UInt8](repeating: Self.quote, count: 3)
        let quotes = starts(with: three) ? three : [Self.quote]
        let marks = [UInt8](repeating: Self.pound, count: pounds)
        let end = quotes + marks
        let escape = [UInt8(ascii: "\\")] + marks
        let interpolation = escape + [UInt8(ascii: "(")]
        pass(quotes.count)
        while position < source.count, !starts(with: end) {
            if starts(with: interpolation) {
                pass(escape.count)
                skipInterpolation()
            } else {
                pass(starts(with: escape) ? escape.count + 1 : 1)
            }
        }
        pass(end.count)
    }

    private mutating func skipInterpolation() {
        var depth = 0
        repeat {
            if source[position] == Self.quote || startsRawString() {
                skipString()
                continue
            }
            if source[position] == UInt8(ascii: "(") { depth += 1 }
            if source[position] == UInt8(ascii: ")") { depth -= 1 }
            pass()
        } while depth > 0 && position < source.count
    }
}
