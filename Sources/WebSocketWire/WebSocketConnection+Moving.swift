public import ByteCore

/// The receiving end of an open connection in the middle of whatever it was at, for another process that goes
/// on with it.
///
/// ```
///  0 [ kinds u8 | opcode u8 | isDeflated u8 | 0 u8 | fragments u16 | 0 u16 ]
///  8 [ progress u64 ]
/// 16 [ UTF-8 u32 | assembled u32 ]
/// 24 [ the fragments so far, unmasked ]
/// ```
/// In host byte order. The bytes that its owner keeps of a frame that is not whole go beside it, as they
/// stand.
extension WebSocketConnection {
    static var movedBytes: Int { 24 }

    /// Appends it; false, and nothing is appended, where it is not open.
    public func appendMoved(to buffer: inout ByteBuffer) -> Bool {
        guard state == .open else { return false }
        // A message that was handed out whole is not wanted any more.
        let isWanted = fragments > 0
        buffer.append(kinds.rawValue)
        buffer.append(messageOpcode.rawValue)
        buffer.append(isDeflated ? 1 as UInt8 : 0)
        buffer.append(0 as UInt8)
        buffer.append(memoryOf: fragments)
        buffer.append(memoryOf: 0 as UInt16)
        buffer.append(memoryOf: progress)
        buffer.append(memoryOf: utf8.word)
        buffer.append(memoryOf: isWanted ? assembly.count : 0)
        if isWanted { unsafe buffer.append(assembly.bytes) }
        return true
    }

    /// Goes on where another one stood. Messages of a server are moved, which are never skipped.
    public init(_ moved: MovedWebSocket, bounds: MessageBounds) {
        self.init(role: .server, accepting: moved.kinds, bounds: bounds)
        progress = moved.progress
        fragments = moved.fragments
        utf8 = moved.utf8
        messageOpcode = moved.opcode
        isDeflated = moved.isDeflated
        unsafe assembly.append(moved.assembled, limit: WebSocketLimits.messageBytes)
        settle()
    }
}

/// What one end of a connection was at elsewhere, as it was read.
@safe public struct MovedWebSocket {
    let kinds: WebSocketMessageKinds
    let opcode: FrameOpcode
    let isDeflated: Bool
    let fragments: UInt16
    let progress: UInt64
    let utf8: UTF8Validator
    /// Points into what was read.
    let assembled: UnsafeRawBufferPointer

    /// Reads what `appendMoved` wrote, and nothing else, of an end that had `kept` behind its last whole
    /// frame; nil where none can stand there.
    public init?(_ bytes: UnsafeRawBufferPointer, kept: UnsafeRawBufferPointer) {
        guard bytes.count >= WebSocketConnection.movedBytes else { return nil }
        kinds = unsafe WebSocketMessageKinds(rawValue: bytes[0])
        isDeflated = unsafe bytes[2] == 1
        fragments = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
        progress = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        let validator = unsafe UTF8Validator(
            word: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        let count = unsafe Int(bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        unsafe assembled = UnsafeRawBufferPointer(rebasing: bytes[WebSocketConnection.movedBytes...])
        let known: WebSocketMessageKinds = [.text, .binary, .deflated]
        guard kinds.isSubset(of: known), !kinds.isDisjoint(with: [.text, .binary]),
            let opcode = unsafe FrameOpcode(rawValue: bytes[1]), opcode == .text || opcode == .binary,
            unsafe bytes[2] <= 1, let validator, unsafe assembled.count == count,
            count <= WebSocketLimits.messageBytes, fragments > 0 || count == 0,
            unsafe Self.stands(progress, in: kept)
        else { return nil }
        self.opcode = opcode
        utf8 = validator
    }

    /// Whether so many bytes of a data frame's payload can have been unmasked at the start of `kept`.
    private static func stands(_ progress: UInt64, in kept: UnsafeRawBufferPointer) -> Bool {
        guard progress > 0 else { return true }
        guard case .header(let header) = unsafe FrameHeader.decode(kept), header.opcode?.isControl == false,
            progress <= header.length
        else { return false }
        return UInt64(header.byteCount) + progress <= UInt64(kept.count)
    }
}
