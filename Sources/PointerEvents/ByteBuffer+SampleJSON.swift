public import ByteCore

extension ByteBuffer {
    /// Appends what every sample of one visitor begins with, `{"id":"user123","x":`, made once and kept.
    public mutating func appendIDPrefix(id: UnsafeRawBufferPointer) {
        append("{\"id\":")
        unsafe appendJSONString(id)
        append(",\"x\":")
    }

    /// Appends a sample as a JSON object: id, x and y, then those of t, k, b, w, h and p that were sent.
    ///
    /// `idPrefix` is what `appendIDPrefix` made; `page` is the path as a JSON string with its quotes, used
    /// only where the sample has one.
    @inlinable
    public mutating func appendSampleJSON(
        _ sample: PointerSample, idPrefix: UnsafeRawBufferPointer, page: UnsafeRawBufferPointer
    ) {
        unsafe append(idPrefix)
        appendNumber(sample.x)
        append(",\"y\":")
        appendNumber(sample.y)
        if !sample.fields.isEmpty { unsafe appendOptionalFields(of: sample, page: page) }
        append(UInt8(ascii: "}"))
    }

    /// Appends a sample that has a tail: behind its other keys those of sx, sy, dw, dh, pt, n and el that
    /// were sent.
    ///
    /// `name` and `element` are JSON strings with their quotes, used only where the tail has them.
    public mutating func appendSampleJSON(
        _ sample: PointerSample, tail: SampleTail, idPrefix: UnsafeRawBufferPointer,
        page: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer, element: UnsafeRawBufferPointer
    ) {
        unsafe appendSampleJSON(sample, idPrefix: idPrefix, page: page)
        truncate(by: 1)
        let fields = tail.fields
        if fields.contains(.scrollX) { append(",\"sx\":", tail.scrollX) }
        if fields.contains(.scrollY) { append(",\"sy\":", tail.scrollY) }
        if fields.contains(.documentWidth) { append(",\"dw\":", tail.documentWidth) }
        if fields.contains(.documentHeight) { append(",\"dh\":", tail.documentHeight) }
        if fields.contains(.pointerType), let type = PointerType(rawValue: tail.pointerType) {
            append(",\"pt\":\"")
            append(type.word)
            append(UInt8(ascii: "\""))
        }
        if fields.contains(.name), unsafe !name.isEmpty {
            append(",\"n\":")
            unsafe append(name)
        }
        if fields.contains(.element), unsafe !element.isEmpty {
            append(",\"el\":")
            unsafe append(element)
        }
        append(UInt8(ascii: "}"))
    }

    private mutating func append(_ key: StaticString, _ value: Double) {
        append(key)
        appendNumber(value)
    }

    @usableFromInline @inline(never)
    mutating func appendOptionalFields(of sample: PointerSample, page: UnsafeRawBufferPointer) {
        let fields = sample.fields
        if fields.contains(.clientTime) {
            append(",\"t\":")
            appendNumber(sample.clientTime)
        }
        if fields.contains(.kind) {
            append(",\"k\":\"")
            append(sample.kind.word)
            append(UInt8(ascii: "\""))
        }
        if fields.contains(.buttons) {
            append(",\"b\":")
            appendDecimal(UInt64(sample.buttons))
        }
        if fields.contains(.width) {
            append(",\"w\":")
            appendNumber(sample.width)
        }
        if fields.contains(.height) {
            append(",\"h\":")
            appendNumber(sample.height)
        }
        if fields.contains(.page), unsafe !page.isEmpty {
            append(",\"p\":")
            unsafe append(page)
        }
    }
}
