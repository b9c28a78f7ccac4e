/// The tails of a message's samples: few have one, and those that have none pay nothing for it.
@safe struct SampleTails: ~Copyable {
    private static let leastCapacity = 4

    private var tails = UnsafeMutablePointer<DecodedTail>.allocate(capacity: leastCapacity)
    private var capacity = leastCapacity
    private var count = 0

    deinit { unsafe tails.deallocate() }

    /// Bytes allocated.
    var byteCount: Int { capacity * MemoryLayout<DecodedTail>.stride }

    /// Gives back what a large message took.
    mutating func releaseFree() {
        count = 0
        if capacity > Self.leastCapacity { reallocate(Self.leastCapacity) }
    }

    mutating func removeAll() { count = 0 }

    func tail(_ index: Int) -> DecodedTail {
        precondition(index >= 0 && index < count)
        return unsafe tails[index]
    }

    /// Begins the tail of another sample, to which all values belong until the next one; returns its number.
    mutating func begin() -> Int {
        if count == capacity { reallocate(capacity * 2) }
        unsafe (tails + count).initialize(to: DecodedTail())
        count += 1
        return count - 1
    }

    /// Takes a number, which is not a number where none was sent; false where it is not acceptable.
    mutating func set(_ key: SampleKey, to number: Double) -> Bool {
        guard number.isFinite else { return false }
        let last = count - 1
        switch key {
        case .scrollX:
            unsafe tails[last].tail.scrollX = number
            unsafe tails[last].tail.fields.insert(.scrollX)
        case .scrollY:
            unsafe tails[last].tail.scrollY = number
            unsafe tails[last].tail.fields.insert(.scrollY)
        case .documentWidth where number >= 0:
            unsafe tails[last].tail.documentWidth = number
            unsafe tails[last].tail.fields.insert(.documentWidth)
        case .documentHeight where number >= 0:
            unsafe tails[last].tail.documentHeight = number
            unsafe tails[last].tail.fields.insert(.documentHeight)
        default: return false
        }
        return true
    }

    /// Takes a text, nil where none was sent; false where it is not acceptable.
    mutating func set(_ key: SampleKey, to text: SampleText?) -> Bool {
        guard let bytes = unsafe text?.bytes else { return false }
        let last = count - 1
        switch key {
        case .pointerType:
            guard let type = unsafe PointerType(word: bytes) else { return false }
            unsafe tails[last].tail.pointerType = type.rawValue
            unsafe tails[last].tail.fields.insert(.pointerType)
        case .name:
            guard unsafe SampleText.isName(bytes) else { return false }
            unsafe tails[last].name = bytes
            unsafe tails[last].tail.fields.insert(.name)
        case .element:
            guard unsafe SampleText.isElement(bytes) else { return false }
            unsafe tails[last].element = bytes
            unsafe tails[last].tail.fields.insert(.element)
        default: return false
        }
        return true
    }

    private mutating func reallocate(_ newCapacity: Int) {
        let moved = UnsafeMutablePointer<DecodedTail>.allocate(capacity: newCapacity)
        unsafe moved.update(from: tails, count: count)
        unsafe tails.deallocate()
        unsafe tails = moved
        capacity = newCapacity
    }
}

extension PointerType {
    /// Finds the type that `word` names in the JSON format.
    init?(word: UnsafeRawBufferPointer) {
        let found = Self.allCases.first { type in
            let expected = type.word
            return unsafe word.elementsEqual(
                UnsafeRawBufferPointer(start: expected.utf8Start, count: expected.utf8CodeUnitCount))
        }
        guard let found else { return nil }
        self = found
    }
}
