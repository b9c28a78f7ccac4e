import ByteCore
import FramesShape
import PointerEvents

/// Pages in a snapshot, by number, as they came.
///
/// ```
///  [ "PAGE" ][ pages u32 ] n x [ number u32 ][ length u16 ][ path ]
/// ```
extension PageTable {
    private static let mark: UInt32 = 0x4547_4150

    func write(into buffer: inout ByteBuffer) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: UInt32(count))
        for number in 0..<UInt32(numbersInUse) where isInUse(number) {
            buffer.append(integer: number)
            withPath(number) { path in
                buffer.append(integer: UInt16(path.count))
                buffer.append(path)
            }
        }
    }

    /// Calls `body` with the path that a page's text says.
    func withPath(_ number: UInt32, _ body: (UnsafeRawBufferPointer) -> Void) {
        let text = json(number)
        withUnsafeTemporaryAllocation(byteCount: text.count, alignment: 1) { path in
            var scanner = JSONScanner(text, maximumDepth: 1)
            guard let base = path.baseAddress, let string = try? scanner.scanString(),
                let count = string.unescape(into: base)
            else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
            body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(path)[..<count]))
        }
    }

    mutating func read(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(Self.mark)
        for _ in 0..<(try reader.count(upTo: .max)) {
            let number = try reader.integer(UInt32.self)
            let path = try reader.bytes(Int(try reader.integer(UInt16.self)))
            try reader.require(Int(number) >= numbersInUse)
            try reader.require(path.count <= PointerEvents.Limits.pageBytes && UTF8Validator.isValid(path))
            guard restore(path, as: number) else { throw .noRoom }
        }
    }
}
