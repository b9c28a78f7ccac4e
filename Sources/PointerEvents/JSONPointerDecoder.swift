import ByteCore

/// Decodes messages of the JSON ingest format: `{"id":"user123","x":812,"y":433}` or an array of those.
///
/// A scanner over the message's bytes: nothing is built, and only ids and pages with escapes in them are
/// copied. It is strict (RFC 8259) and refuses a message whole. A message that is not JSON is refused as such
/// wherever the fault stands in it, except behind a nesting deeper than 16, which ends the scan at once.
@safe public struct JSONPointerDecoder: ~Copyable, PointerDecoder {
    private static let leastSamples = 16

    private var samples = UnsafeMutablePointer<DecodedSample>.allocate(capacity: leastSamples)
    private var capacity = leastSamples
    /// How many samples the last message held; 0 where it was refused.
    public private(set) var count = 0
    /// Strings with their escapes resolved; they never outgrow the message, so that it never moves.
    private var unescaped: UnsafeMutableRawPointer?
    private var unescapedCount = 0
    /// The tails of those samples that have one.
    private var tails = SampleTails()
    /// The first thing that is wrong with a message that may still turn out not to be JSON.
    private var refusal: SampleRefusal?
    /// The element that is being decoded; nil outside of all.
    private var element: Int?
    /// Where the last message is wrong, if it was refused: the place in its array of the element that is, or
    /// behind which it is; 0 for a message of one; nil where it is none of them.
    public private(set) var faultyElement: Int?

    /// Makes a decoder; one serves any number of connections.
    public init() {}

    deinit {
        unsafe samples.deallocate()
        unsafe unescaped?.deallocate()
    }

    /// Bytes allocated.
    public var byteCount: Int {
        unsafe capacity * MemoryLayout<DecodedSample>.stride + (unescaped == nil ? 0 : Limits.messageBytes)
            + tails.byteCount
    }

    /// Gives back what a large message took, and forgets the last one.
    public mutating func releaseFree() {
        count = 0
        if capacity > Self.leastSamples { reallocate(Self.leastSamples) }
        unsafe unescaped?.deallocate()
        unsafe unescaped = nil
        tails.releaseFree()
    }

    /// One sample of the last message.
    ///
    /// Its id and page point into the message or into the decoder: valid until the next `decode`, and as long
    /// as the message's memory is.
    @inline(__always)
    public func sample(at index: Int) -> DecodedSample {
        precondition(index >= 0 && index < count)
        return unsafe samples[index]
    }

    /// What that sample says in its tail; called only where its `fields` have `.tail`.
    public func tail(at index: Int) -> DecodedTail {
        tails.tail(Int(sample(at: index).sample.slot))
    }

    /// Decodes one whole message, which is replaced as the decoder's content.
    ///
    /// JSON is text, and each message stands for itself.
    public mutating func decode(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, after state: borrowing Void
    ) -> DecodeOutcome {
        guard kind == .text else {
            count = 0
            return .refused(.wrongKind)
        }
        return unsafe decode(message)
    }

    /// Does nothing: no message builds upon another.
    @inlinable @inline(__always)
    public func commit(to state: inout Void) {}

    /// Decodes one whole text, which is replaced as the decoder's content.
    public mutating func decode(_ message: UnsafeRawBufferPointer) -> DecodeOutcome {
        count = 0
        unescapedCount = 0
        tails.removeAll()
        refusal = nil
        element = nil
        faultyElement = nil
        guard message.count <= Limits.messageBytes else { return .refused(.tooBig) }
        do throws(JSONFault) {
            var scanner = unsafe JSONScanner(message, maximumDepth: Limits.nestingDepth)
            scanner.skipWhitespace()
            if scanner.next == UInt8(ascii: "[") {
                try unsafe decodeArray(&scanner, message)
            } else {
                element = 0
                try unsafe decodeElement(&scanner, message)
                element = nil
            }
            try scanner.expectEnd()
        } catch {
            count = 0
            faultyElement = element
            return .refused(error == .nestedTooDeeply ? .nestedTooDeeply : .notJSON(error))
        }
        if let refusal {
            count = 0
            return .refused(refusal)
        }
        return .accepted(count: count)
    }

    private mutating func decodeArray(
        _ scanner: inout JSONScanner, _ message: UnsafeRawBufferPointer
    ) throws(JSONFault) {
        try scanner.open()
        var isFirst = true
        var place = 0
        while try scanner.nextElement(isFirst: isFirst) {
            isFirst = false
            element = place
            place &+= 1
            try unsafe decodeElement(&scanner, message)
        }
        element = nil
    }

    @inline(__always)
    private mutating func decodeElement(
        _ scanner: inout JSONScanner, _ message: UnsafeRawBufferPointer
    ) throws(JSONFault) {
        if let usual = unsafe UsualSample(message, at: scanner.offset) {
            scanner.pass(to: usual.end)
            unsafe append(
                DecodedSample(
                    sample: PointerSample(x: usual.x, y: usual.y), id: usual.id,
                    page: UnsafeRawBufferPointer(start: nil, count: 0)))
        } else if scanner.next == UInt8(ascii: "{") {
            try decodeObject(&scanner)
        } else {
            try scanner.skipValue()
            refuse(.notAnObject)
        }
    }

    private mutating func decodeObject(_ outer: inout JSONScanner) throws(JSONFault) {
        // A copy, because a scanner whose address is known cannot live in registers.
        var scanner = outer
        defer { outer = scanner }
        var draft = SampleDraft()
        try scanner.open()
        var isFirst = true
        while let string = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            guard let key = SampleKey(string) else {
                try scanner.skipValue()
                continue
            }
            if !draft.insert(key) { refuse(.duplicate(key)) }
            switch key {
            case .id, .kind, .page:
                let text = try decodeText(&scanner)
                if !draft.set(key, to: text) { refuse(.unacceptable(key)) }
            case .x, .y, .clientTime, .buttons, .width, .height:
                let number = try decodeNumber(&scanner)
                if !draft.set(key, to: number) { refuse(.unacceptable(key)) }
            case .scrollX, .scrollY, .documentWidth, .documentHeight, .pointerType, .name, .element:
                // Whoever wrote pages before these keys came may use them for something of another kind.
                guard Self.begins(key, with: scanner.next) else {
                    try scanner.skipValue()
                    continue
                }
                if !draft.hasTail { draft.setTail(tails.begin()) }
                try decodeTail(key, &scanner)
            }
        }
        if let missing = draft.missingKey { refuse(.missing(missing)) }
        append(draft.decoded)
    }

    /// Decodes a number; not a number where another value stands.
    @inline(__always)
    private mutating func decodeNumber(_ scanner: inout JSONScanner) throws(JSONFault) -> Double {
        let byte = scanner.next
        if byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") <= 9 { return try scanner.scanNumber() }
        try scanner.skipValue()
        return .nan
    }

    /// Decodes a string; nil where another value stands, or one that UTF-8 cannot say.
    @inline(__always)
    private mutating func decodeText(
        _ scanner: inout JSONScanner
    ) throws(JSONFault) -> SampleText? {
        guard scanner.next == UInt8(ascii: "\"") else {
            try scanner.skipValue()
            return nil
        }
        let string = try scanner.scanString()
        if string.hasEscapes { return unescape(string) }
        return unsafe SampleText(bytes: string.raw, isPrintableASCII: string.isPrintableASCII)
    }

    @inline(never)
    private mutating func unescape(_ string: JSONString) -> SampleText? {
        let base =
            unsafe unescaped
            ?? UnsafeMutableRawPointer.allocate(byteCount: Limits.messageBytes, alignment: 16)
        unsafe unescaped = base
        let target = unsafe base + unescapedCount
        guard let count = unsafe string.unescape(into: target) else { return nil }
        unescapedCount += count
        return unsafe SampleText(
            bytes: UnsafeRawBufferPointer(start: target, count: count), isPrintableASCII: false)
    }

    /// Keeps the first refusal, which is the one that is told.
    @inline(never)
    private mutating func refuse(_ refusal: SampleRefusal) {
        guard self.refusal == nil else { return }
        self.refusal = refusal
        faultyElement = element
    }

    /// Decodes the value of a key that belongs to the tail begun last.
    @inline(__always)
    private mutating func decodeTail(_ key: SampleKey, _ scanner: inout JSONScanner) throws(JSONFault) {
        var copy = scanner
        defer { scanner = copy }
        try decodeTailValue(key, &copy)
    }

    /// Whether a value that begins with `byte` is of the type that a tail's key is meant to have.
    private static func begins(_ key: SampleKey, with byte: UInt8) -> Bool {
        switch key {
        case .pointerType, .name, .element: byte == UInt8(ascii: "\"")
        default: byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") <= 9
        }
    }

    @inline(never)
    private mutating func decodeTailValue(
        _ key: SampleKey, _ scanner: inout JSONScanner
    ) throws(JSONFault) {
        let isAcceptable: Bool
        switch key {
        case .pointerType, .name, .element:
            isAcceptable = tails.set(key, to: try decodeText(&scanner))
        default: isAcceptable = tails.set(key, to: try decodeNumber(&scanner))
        }
        if !isAcceptable { refuse(.unacceptable(key)) }
    }

    @inline(__always)
    private mutating func append(_ decoded: DecodedSample) {
        if count == capacity { grow() }
        unsafe samples[count] = decoded
        count &+= 1
    }

    /// Makes room for as many samples as a message can hold in the end, by doubling.
    @inline(never)
    private mutating func grow() { reallocate(capacity * 2) }

    private mutating func reallocate(_ newCapacity: Int) {
        let moved = UnsafeMutablePointer<DecodedSample>.allocate(capacity: newCapacity)
        unsafe moved.update(from: samples, count: count)
        unsafe samples.deallocate()
        unsafe samples = moved
        capacity = newCapacity
    }
}
