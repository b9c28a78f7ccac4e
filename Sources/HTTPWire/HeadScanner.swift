/// Finds the end of a message head, looking at each byte once however it arrives.
///
/// It judges line ends and control bytes on the way (RFC 9112 section 2.2), so that a peer which never ends its
/// lines properly is answered at once instead of being waited for. What it returns depends on the bytes alone,
/// never on how they were cut.
struct HeadScanner: Sendable, BitwiseCopyable {
    enum Outcome: Equatable {
        case incomplete
        /// Offset behind the empty line.
        case ended(Int)
        case refused(HTTPRefusal)
    }

    /// Bytes looked at so far. The state of the scan is in the bytes before it.
    private var scanned: UInt16 = 0

    /// Goes on from where the last call stopped; `bytes` begin with the head.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let end = min(bytes.count, HTTPLimits.headBytes)
        var index = Int(scanned)
        while index < end {
            let byte = bytes[index]
            let followsReturn = index > 0 && bytes[index - 1] == HTTPByte.carriageReturn
            switch byte {
            case HTTPByte.lineFeed:
                guard followsReturn else { return .refused(.bareLineFeed) }
                switch emptyLine(bytes, lineFeed: index) {
                case .no, .leading: break
                case .secondLeading: return .refused(.malformedRequestLine)
                case .end: return .ended(index + 1)
                }
            case _ where followsReturn:
                return .refused(.bareCarriageReturn)
            case HTTPByte.carriageReturn: break
            case _ where HTTPByte.isFieldValue(byte): break
            default: return .refused(.controlByte)
            }
            index += 1
        }
        scanned = UInt16(index)
        return index == HTTPLimits.headBytes ? .refused(.headTooLong) : .incomplete
    }

    private enum EmptyLine { case no, leading, secondLeading, end }

    /// What the line feed at `lineFeed`, which follows a carriage return, ends.
    ///
    /// One empty line before the head is skipped (RFC 9112 section 2.2).
    private func emptyLine(_ bytes: UnsafeRawBufferPointer, lineFeed: Int) -> EmptyLine {
        if lineFeed == 1 { return .leading }
        guard bytes[lineFeed - 2] == HTTPByte.lineFeed else { return .no }
        return lineFeed == 3 ? .secondLeading : .end
    }
}
