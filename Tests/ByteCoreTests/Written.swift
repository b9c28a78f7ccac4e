import ByteCore

/// What `write` appends to a fresh, small buffer.
func written(_ write: (inout ByteBuffer) -> Void) -> String {
    String(decoding: writtenBytes(write), as: UTF8.self)
}

/// The bytes that `write` appends to a fresh, small buffer.
func writtenBytes(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 16)
    write(&buffer)
    return [UInt8](buffer.readable)
}

/// What `scan` makes of a text, which stands in memory of exactly its size.
func scanned<Result>(
    _ text: some Sequence<UInt8>, maximumDepth: Int = 16,
    _ scan: (inout JSONScanner) throws(JSONFault) -> Result
) throws(JSONFault) -> Result {
    let bytes = [UInt8](text)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    var scanner = JSONScanner(UnsafeRawBufferPointer(memory), maximumDepth: maximumDepth)
    return try scan(&scanner)
}
