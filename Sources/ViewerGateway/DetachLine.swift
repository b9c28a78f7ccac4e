/// Finds the line `detach` in what the terminal's process says; every other line is passed over.
struct DetachLine {
    /// Bytes of the line that have come; nil where it is another line.
    private var matched: Int? = 0

    /// Takes bytes as they come, whole lines or not; true when the line ended in them.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let line: StaticString = "detach\n"
        var isFound = false
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            if let count = matched, unsafe byte == line.utf8Start[count] {
                isFound = isFound || count + 1 == line.utf8CodeUnitCount
                matched = count + 1 == line.utf8CodeUnitCount ? 0 : count + 1
            } else {
                matched = byte == UInt8(ascii: "\n") ? 0 : nil
            }
        }
        return isFound
    }
}
