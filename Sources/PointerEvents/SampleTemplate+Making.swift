import ByteCore

import func Glibc.memcmp

extension SampleTemplate {
    /// Becomes what a message says besides its numbers, so that others may be held against it; false where
    /// they may not, and nothing of use is here: a click is not followed by others like it, names and
    /// elements are told by their numbers alone, and texts are longer than 192 bytes.
    ///
    /// `message` was accepted by `decoder` as one sample; an array of one is none of these.
    public func become(
        _ message: UnsafeRawBufferPointer, accepted decoder: borrowing JSONPointerDecoder
    ) -> Bool {
        guard decoder.count == 1, message.count <= Self.textBytes + Self.numbersBytes,
            decoder.sample(at: 0).sample.kind.isFoldable
        else { return false }
        var draft = unsafe SampleTemplateDraft(at: base)
        do throws(JSONFault) {
            guard unsafe try draft.take(message) else { return false }
        } catch {
            return false
        }
        let decoded = decoder.sample(at: 0)
        let hasTail = decoded.sample.fields.contains(.tail)
        draft.finish(decoded, tail: hasTail ? decoder.tail(at: 0) : nil)
        note(pageStart: draft.pageStart, pageCount: draft.pageCount)
        return unsafe reproduces(message, decoder)
    }

    /// What ids and numbers of a message may take besides.
    private static var numbersBytes: Int { 320 }

    /// Whether it makes of the message that it was made of what the decoder made of it, to the last bit.
    private func reproduces(
        _ message: UnsafeRawBufferPointer, _ decoder: borrowing JSONPointerDecoder
    ) -> Bool {
        let decoded = decoder.sample(at: 0)
        guard unsafe !saysPage || page.elementsEqual(decoded.page) else { return false }
        var expected = decoded.sample
        expected.slot = 0
        expected.length = UInt16(recordBytes)
        var tail = expected.fields.contains(.tail) ? decoder.tail(at: 0).tail : SampleTail()
        let tailBytes = recordBytes - Self.tailOffset
        return unsafe withUnsafeTemporaryAllocation(
            byteCount: message.count + MaskedText.slack + Limits.idBytes + Self.textsOffset + 8, alignment: 16
        ) { scratch in
            unsafe scratch.initializeMemory(as: UInt8.self, repeating: 0)
            guard let record = scratch.baseAddress else { return false }
            let id = unsafe record + Self.textsOffset
            let copy = unsafe id + (Limits.idBytes + 8)
            unsafe UnsafeMutableRawBufferPointer(start: id, count: decoded.id.count)
                .copyMemory(from: decoded.id)
            unsafe UnsafeMutableRawBufferPointer(start: copy, count: message.count)
                .copyMemory(from: message)
            guard
                unsafe read(
                    copy, count: message.count, key: 0, id: id, idCount: decoded.id.count, to: record)
                    == .sample
            else { return false }
            return unsafe memcmp(record, &expected, Self.tailOffset) == 0
                && memcmp(record + Self.tailOffset, &tail, tailBytes) == 0
        }
    }
}

/// A template whose parts are still coming in.
@safe private struct SampleTemplateDraft {
    private let base: UnsafeMutableRawPointer
    private var partCount = 0
    private var textEnd = SampleTemplate.textsOffset
    private(set) var pageStart = 0
    private(set) var pageCount = 0
    private var hasPlacedPage = false

    init(at base: UnsafeMutableRawPointer) {
        unsafe self.base = base
        unsafe UnsafeMutableRawBufferPointer(start: base, count: SampleTemplate.byteCount)
            .initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// Takes a whole message apart; false where no template can be made of it.
    mutating func take(_ message: UnsafeRawBufferPointer) throws(JSONFault) -> Bool {
        var scanner = unsafe JSONScanner(message, maximumDepth: 1)
        scanner.skipWhitespace()
        guard scanner.next == UInt8(ascii: "{") else { return false }
        try scanner.open()
        var start = 0
        var isFirst = true
        while let string = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            guard let key = SampleKey(string) else { return false }
            let valueStart = scanner.offset
            switch key {
            case .id, .kind, .page, .pointerType:
                guard scanner.next == UInt8(ascii: "\"") else { return false }
                let text = try scanner.scanString()
                guard !text.hasEscapes else { return false }
                if key == .page { pageCount = unsafe text.raw.count }
                guard key == .id else {
                    if key == .page { pageStart = valueStart + 1 }
                    continue
                }
                guard unsafe append(message, start, valueStart + 1, SampleTemplate.idMark) else {
                    return false
                }
                start = scanner.offset - 1
            case .x, .y, .clientTime, .buttons, .width, .height, .scrollX, .scrollY, .documentWidth,
                .documentHeight:
                guard scanner.next == UInt8(ascii: "-") || scanner.next &- UInt8(ascii: "0") <= 9 else {
                    return false
                }
                var end = valueStart
                while unsafe message[end - 1] == UInt8(ascii: " ") { end -= 1 }
                guard unsafe append(message, start, end, Self.mark(of: key)) else { return false }
                _ = try scanner.scanNumber()
                start = scanner.offset
            case .name, .element: return false
            }
        }
        return unsafe append(message, start, message.count, SampleTemplate.endMark)
    }

    /// Appends the text from `start` to `end` with what stands behind it; false where there is no room.
    private mutating func append(
        _ message: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ what: UInt8
    ) -> Bool {
        let count = end - start
        let room = SampleTemplate.notesOffset - textEnd
        guard count <= min(room, Int(UInt8.max)), partCount < SampleTemplate.partCount else { return false }
        let part = SampleTemplate.partsOffset + 4 * partCount
        unsafe base.storeBytes(of: UInt8(count), toByteOffset: part, as: UInt8.self)
        unsafe base.storeBytes(of: what, toByteOffset: part + 1, as: UInt8.self)
        unsafe base.storeBytes(of: UInt8(count * 8 & 63), toByteOffset: part + 2, as: UInt8.self)
        unsafe UnsafeMutableRawBufferPointer(start: base + textEnd, count: count)
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: message[start..<end]))
        // From its place in the message to its place here; the text that holds it is this one.
        if pageCount > 0, pageStart >= start, pageStart < end, !hasPlacedPage {
            pageStart += textEnd - start
            hasPlacedPage = true
        }
        partCount += 1
        textEnd += (count + 7) & ~7
        return true
    }

    /// The word of a record that a number goes to.
    private static func mark(of key: SampleKey) -> UInt8 {
        switch key {
        case .x: 2
        case .y: 3
        case .clientTime: 4
        case .width: 5 | SampleTemplate.sizeFlag
        case .height: 6 | SampleTemplate.sizeFlag
        case .scrollX: 8
        case .scrollY: 9
        case .documentWidth: 10 | SampleTemplate.sizeFlag
        case .documentHeight: 11 | SampleTemplate.sizeFlag
        case .buttons: SampleTemplate.buttonsMark
        case .id, .kind, .page, .pointerType, .name, .element:
            preconditionFailure("no number is said by this key")
        }
    }

    /// Has records say what is no number as the decoded sample does.
    func finish(_ decoded: DecodedSample, tail: DecodedTail?) {
        var sample = decoded.sample
        sample.slot = 0
        (sample.x, sample.y, sample.clientTime, sample.width, sample.height) = (0, 0, 0, 0, 0)
        sample.buttons = 0
        if let tail {
            sample.length = UInt16(SampleTemplate.partsOffset)
            var said = tail.tail
            (said.scrollX, said.scrollY, said.documentWidth, said.documentHeight) = (0, 0, 0, 0)
            unsafe base.storeBytes(of: said, toByteOffset: SampleTemplate.tailOffset, as: SampleTail.self)
        }
        unsafe base.storeBytes(of: sample, as: PointerSample.self)
    }
}
