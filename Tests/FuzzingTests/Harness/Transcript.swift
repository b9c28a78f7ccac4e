/// What came of an input, in order; two runs over the same bytes must give the same.
struct Transcript: Equatable {
    private(set) var bytes: [UInt8] = []
    /// What is wrong all by itself, however often it comes out the same.
    private(set) var complaint: String?

    static func == (one: Transcript, other: Transcript) -> Bool { one.bytes == other.bytes }

    mutating func note(_ word: StaticString) {
        bytes += UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func note(_ number: some BinaryInteger) {
        bytes += String(number).utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func note(_ text: UnsafeRawBufferPointer) {
        note(text.count)
        bytes += text
        bytes.append(UInt8(ascii: "\n"))
    }

    /// For values without a text of their own; slow.
    mutating func note(described value: Any) {
        bytes += "\(value)\n".utf8
    }

    mutating func complain(_ what: String) {
        if complaint == nil { complaint = what }
    }

    /// Where another one parts from this, for a person; nil where it does not.
    func difference(from other: Transcript) -> String? {
        guard self != other else { return nil }
        let common = zip(bytes, other.bytes).prefix { $0 == $1 }.count
        func context(_ bytes: [UInt8]) -> String {
            let part = bytes[max(0, common - 40)..<min(bytes.count, common + 80)]
            return String(decoding: part, as: UTF8.self).debugDescription
        }
        return "\(context(bytes)) and \(context(other.bytes))"
    }
}
