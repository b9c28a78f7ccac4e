import ByteCore

/// The text of a scanned string; nil for a lone surrogate.
func unescaped(_ string: JSONString) -> String? {
    // One byte more than is needed, to see that it is left alone.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: string.raw.count + 1, alignment: 1)
    defer { memory.deallocate() }
    memory[string.raw.count] = 0xA5
    guard let base = memory.baseAddress, let count = string.unescape(into: base) else { return nil }
    guard memory[string.raw.count] == 0xA5, count <= string.raw.count else { return "written too far" }
    return String(validating: memory.prefix(count), as: UTF8.self)
}
