extension PointerKind {
    /// Finds the kind that `word` names in the JSON format.
    @usableFromInline
    init?(word: UnsafeRawBufferPointer) {
        func matches(_ kind: PointerKind) -> Bool {
            let expected = kind.word
            return unsafe word.elementsEqual(
                UnsafeRawBufferPointer(start: expected.utf8Start, count: expected.utf8CodeUnitCount))
        }
        let candidate: PointerKind
        // Words of one length differ in their first letter.
        switch unsafe (word.count, word.first) {
        case (4, UInt8(ascii: "m")): candidate = .move
        case (4, _): candidate = .down
        case (2, _): candidate = .up
        case (5, UInt8(ascii: "c")): candidate = .click
        case (5, UInt8(ascii: "e")): candidate = .enter
        case (5, _): candidate = .leave
        case (6, UInt8(ascii: "s")): candidate = .scroll
        case (6, _): candidate = .cancel
        default: return nil
        }
        guard matches(candidate) else { return nil }
        self = candidate
    }
}
