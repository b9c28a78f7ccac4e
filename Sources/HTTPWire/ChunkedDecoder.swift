/// Takes a chunked body apart (RFC 9112 section 7.1), fed in pieces of any size: what a proxy makes of an
/// answer that has no length.
///
/// ```
/// 1a;extension CR LF  <26 bytes> CR LF  0 CR LF  trailer fields CR LF  CR LF
/// ```
public struct ChunkedDecoder: Sendable, BitwiseCopyable {
    /// What the decoder found.
    public enum Step: Sendable, Equatable {
        /// Nothing more can be told from these bytes.
        case needMore
        /// Body bytes, by their place among those that were given.
        case bytes(Range<Int>)
        /// The body is over.
        case ended
        /// This is not a chunked body.
        case malformed
    }

    private enum State {
        case size(digits: Int)
        case sizeExtension
        /// Of an extension, where its grammar is held: a name, and a value that is a token or quoted.
        case extensionName(isEmpty: Bool)
        case extensionValue(isEmpty: Bool)
        case quoted
        case quotedPair
        case quotedEnd
        case sizeLineFeed
        case data
        case dataEnd
        case dataLineFeed
        /// In the trailer; `isLineStart` where an end of line ends it all.
        case trailer(isLineStart: Bool)
        /// Behind the carriage return of the empty line that ends it all.
        case lastLineFeed
        case ended
        case malformed
    }

    /// Digits of a size: eight are 4 GiB, more than any chunk, and no sum of ours can overflow. A request may
    /// have more, which are taken for so many bytes: it is too large, and not malformed.
    private static let sizeDigits = 8
    private static let endlessBytes = 1 << 40
    /// Bytes of a chunk's extensions, or of the trailer fields, that are passed over before we believe in no
    /// good purpose.
    private static let skippedBytes = 16 * 1024

    /// Bytes of all extensions of a request's body, and of digits beyond those, of which no client makes any
    /// use.
    private static let strictlySkippedBytes = 256

    /// How much is put up with.
    public enum Rigour: Sendable, BitwiseCopyable {
        /// What servers send, some of it sloppy, and streams that go on for days.
        case lenient
        /// Of a request, which a proxy has read as well: nothing that two could read in two ways. Extensions
        /// as the grammar has them (RFC 9112 section 7.1.1), without spaces around them, 256 bytes of them in
        /// all; no trailer fields.
        case strict
    }

    private let rigour: Rigour
    private var state = State.size(digits: 0)
    private var left = 0
    private var skipped = 0

    /// Makes a decoder that stands before a body.
    public init(_ rigour: Rigour = .lenient) { self.rigour = rigour }

    /// Bytes of the chunk in hand that have not come yet; 0 before its size is whole.
    public var bytesAhead: Int {
        if case .data = state { return left }
        return 0
    }

    /// Reads on from `bytes[offset]` and moves `offset` past what was read.
    public mutating func next(_ bytes: UnsafeRawBufferPointer, offset: inout Int) -> Step {
        while offset < bytes.count {
            if case .data = state {
                let count = min(left, bytes.count - offset)
                let range = offset..<offset + count
                offset += count
                left -= count
                if left == 0 { state = .dataEnd }
                return .bytes(range)
            }
            if case .ended = state { break }
            state = unsafe after(bytes[offset])
            if case .malformed = state { break }
            offset += 1
        }
        switch state {
        case .ended: return .ended
        case .malformed: return .malformed
        default: return .needMore
        }
    }

    private mutating func after(_ byte: UInt8) -> State {
        switch state {
        case .size(let digits):
            if let value = HTTPByte.hexValue(byte) { return afterDigit(value, of: digits) }
            guard digits > 0 else { return .malformed }
            if rigour == .strict { return afterExtension(byte) }
            if byte == HTTPByte.carriageReturn { return .sizeLineFeed }
            let begins = byte == HTTPByte.space || byte == UInt8(ascii: ";")
            return begins ? skipping(.sizeExtension) : .malformed
        case .sizeExtension:
            return byte == HTTPByte.carriageReturn ? .sizeLineFeed : skipping(.sizeExtension)
        case .extensionName, .extensionValue, .quoted, .quotedPair, .quotedEnd:
            return inExtension(byte)
        case .sizeLineFeed:
            guard byte == HTTPByte.lineFeed else { return .malformed }
            return left == 0 ? .trailer(isLineStart: true) : .data
        case .dataEnd:
            return byte == HTTPByte.carriageReturn ? .dataLineFeed : .malformed
        case .dataLineFeed:
            left = 0
            if rigour == .lenient { skipped = 0 }
            return byte == HTTPByte.lineFeed ? .size(digits: 0) : .malformed
        case .trailer where rigour == .strict:
            return byte == HTTPByte.carriageReturn ? .lastLineFeed : .malformed
        case .lastLineFeed:
            return byte == HTTPByte.lineFeed ? .ended : .malformed
        case .trailer(let isLineStart):
            if byte == HTTPByte.lineFeed { return isLineStart ? .ended : .trailer(isLineStart: true) }
            return skipping(.trailer(isLineStart: isLineStart && byte == HTTPByte.carriageReturn))
        case .data, .ended, .malformed:
            return .malformed
        }
    }

    private mutating func afterDigit(_ value: UInt8, of digits: Int) -> State {
        left = min(left << 4 | Int(value), Self.endlessBytes)
        if digits < Self.sizeDigits { return .size(digits: digits + 1) }
        return rigour == .strict ? skipping(.size(digits: digits)) : .malformed
    }

    /// Behind a size, or a whole extension.
    private mutating func afterExtension(_ byte: UInt8) -> State {
        switch byte {
        case HTTPByte.carriageReturn: .sizeLineFeed
        case UInt8(ascii: ";"): skipping(.extensionName(isEmpty: true))
        default: .malformed
        }
    }

    private mutating func inExtension(_ byte: UInt8) -> State {
        switch state {
        case .extensionName(let isEmpty):
            if HTTPByte.isToken(byte) { return skipping(.extensionName(isEmpty: false)) }
            guard !isEmpty else { return .malformed }
            return byte == UInt8(ascii: "=")
                ? skipping(.extensionValue(isEmpty: true)) : afterExtension(byte)
        case .extensionValue(let isEmpty):
            if HTTPByte.isToken(byte) { return skipping(.extensionValue(isEmpty: false)) }
            guard isEmpty else { return afterExtension(byte) }
            return byte == UInt8(ascii: "\"") ? skipping(.quoted) : .malformed
        case .quoted:
            guard HTTPByte.isFieldValue(byte) else { return .malformed }
            switch byte {
            case UInt8(ascii: "\""): return skipping(.quotedEnd)
            case UInt8(ascii: "\\"): return skipping(.quotedPair)
            default: return skipping(.quoted)
            }
        case .quotedPair: return HTTPByte.isFieldValue(byte) ? skipping(.quoted) : .malformed
        default: return afterExtension(byte)
        }
    }

    private mutating func skipping(_ next: State) -> State {
        skipped += 1
        let most = rigour == .strict ? Self.strictlySkippedBytes : Self.skippedBytes
        return skipped <= most ? next : .malformed
    }
}
