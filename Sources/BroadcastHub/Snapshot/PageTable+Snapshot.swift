import ByteCore
import FramesShape
import PointerEvents

/// Pages, names or elements in a snapshot, by number, as they came.
///
/// ```
///  [ "PAGE", "NAME" or "ELEM" ][ texts u32 ] n x [ number u32 ][ length u16 ][ text ]
/// ```
extension PageTable {
    func write(_ kind: TextKind, into buffer: inout ByteBuffer) {
        buffer.append(integer: kind.mark)
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

    mutating func read(_ kind: TextKind, from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(kind.mark)
        for _ in 0..<(try reader.count(upTo: .max)) {
            let number = try reader.integer(UInt32.self)
            let path = try reader.bytes(Int(try reader.integer(UInt16.self)))
            try reader.require(Int(number) >= numbersInUse)
            try reader.require(path.count <= kind.mostBytes && UTF8Validator.isValid(path))
            guard restore(path, as: number) else { throw .noRoom }
        }
    }
}

extension TextKind {
    fileprivate var mark: UInt32 {
        switch self {
        case .page: 0x4547_4150
        case .name: 0x454D_414E
        case .element: 0x4D45_4C45
        }
    }

    /// How long one may be.
    var mostBytes: Int {
        switch self {
        case .page: PointerEvents.Limits.pageBytes
        case .name: PointerEvents.Limits.nameBytes
        case .element: PointerEvents.Limits.elementBytes
        }
    }
}
