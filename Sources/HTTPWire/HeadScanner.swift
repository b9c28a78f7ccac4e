/// Finds the end of a message head, looking at each byte once however it arrives.
///
/// It judges line ends and control bytes on the way (RFC 9112 section 2.2), so that a peer which never ends
/// its lines properly is answered at once instead of being waited for. What it returns depends on the bytes
/// alone, never on how they were cut.
struct HeadScanner: Sendable, BitwiseCopyable {
    enum Outcome: Equatable {
        case incomplete
        /// Offset behind the empty line.
        case ended(Int)
        case refused(HTTPRefusal)
    }

    /// Bytes looked at so far; a carriage return is looked at together with the byte behind it.
    private var scanned: UInt16 = 0

    /// Goes on from where the last call stopped; `bytes` begin with the head.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let end = min(bytes.count, HTTPLimits.headBytes)
        var index = Int(scanned)
        while index < end {
            let byte = unsafe bytes[index]
            if HTTPByte.isFieldValue(byte) {
                index += 1
                continue
            }
            guard byte == HTTPByte.carriageReturn else {
                return .refused(byte == HTTPByte.lineFeed ? .bareLineFeed : .controlByte)
            }
            guard index + 1 < end else { break }
            guard unsafe bytes[index + 1] == HTTPByte.lineFeed else { return .refused(.bareCarriageReturn) }
            // One empty line before a head is skipped (RFC 9112 section 2.2), so the first never ends it.
            if index > 0, unsafe bytes[index - 1] == HTTPByte.lineFeed { return .ended(index + 2) }
            index += 2
        }
        scanned = UInt16(index)
        return end == HTTPLimits.headBytes ? .refused(.headTooLong) : .incomplete
    }
}
