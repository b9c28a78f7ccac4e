import ByteCore

/// Keys that are told by a number: their first eight bytes, the first one lowest.
protocol MessageWord: RawRepresentable, CaseIterable where RawValue == UInt64 {
    /// The key as it is written.
    var word: StaticString { get }
}

extension MessageWord {
    /// Finds the key that `name` spells; nil for one that means nothing here.
    @inline(__always)
    init?(_ name: JSONString) {
        guard !name.hasEscapes else {
            guard let key = Self.allCases.first(where: { name.equals($0.word) }) else { return nil }
            self = key
            return
        }
        unsafe self.init(bytes: name.raw)
    }

    @inline(__always)
    private init?(bytes: UnsafeRawBufferPointer) {
        var word: UInt64 = 0
        var index = min(bytes.count, 8)
        while index > 0 {
            index &-= 1
            word = unsafe word << 8 | UInt64(bytes[index])
        }
        self.init(rawValue: word)
        // Who has all eight bytes may be longer, or the beginning of a longer one.
        if bytes.count >= 8, unsafe self.word.utf8CodeUnitCount != bytes.count || !isSpelled(bytes) {
            return nil
        }
    }

    private func isSpelled(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe bytes.elementsEqual(
            UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
}
