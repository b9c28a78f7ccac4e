/// A word to look for without regard to case.
struct FoldedWord: Sendable {
    private let bytes: [UInt8]
    private let isASCII: Bool

    init(_ text: Substring) {
        bytes = Array(text.lowercased().utf8)
        isASCII = bytes.allSatisfy { $0 < 0x80 }
    }

    /// Whether `text`, which is UTF-8, has the word in it.
    func occurs(in text: UnsafeRawBufferPointer) -> Bool {
        if isASCII { return unsafe occurs(folding: text) }
        // Letters of other alphabets need the tables of Unicode; a text that has none cannot have the word.
        guard unsafe text.contains(where: { $0 >= 0x80 }) else { return false }
        var folded = unsafe String(decoding: text, as: UTF8.self).lowercased()
        return folded.withUTF8 { unsafe occurs(folding: UnsafeRawBufferPointer($0)) }
    }

    private func occurs(folding text: UnsafeRawBufferPointer) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { word in
            guard let first = unsafe word.first, text.count >= word.count else { return word.isEmpty }
            for start in 0...text.count - word.count where unsafe Self.folded(text[start]) == first {
                var length = 1
                while length < word.count, unsafe Self.folded(text[start + length]) == word[length] {
                    length += 1
                }
                if length == word.count { return true }
            }
            return false
        }
    }

    /// `byte`, in lower case where it is a letter of ASCII.
    @inline(__always)
    static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Whether `one` stands before `other`: without regard to case first, then by it.
    static func isBefore(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        let shorter = min(one.count, other.count)
        for index in 0..<shorter where unsafe folded(one[index]) != folded(other[index]) {
            return unsafe folded(one[index]) < folded(other[index])
        }
        if one.count != other.count { return one.count < other.count }
        for index in 0..<shorter where unsafe one[index] != other[index] {
            return unsafe one[index] < other[index]
        }
        return false
    }
}
