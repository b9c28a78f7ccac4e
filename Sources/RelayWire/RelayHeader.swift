/// What every record of both channels begins with; records are whole 8-byte words in host byte order.
///
/// ```
///  0 [ type u8 | detail u8 | length u16 | slot u32 ]
/// ```
/// `length` counts the whole record, header included. `detail` is a sample's fields, a text's kind,
/// whether who left may return, and zero elsewhere.
@frozen
public struct RelayHeader: Sendable, BitwiseCopyable, Equatable {
    public var type: UInt8
    public var detail: UInt8
    public var length: UInt16
    public var slot: UInt32

    @inlinable
    public init(type: UInt8, detail: UInt8 = 0, length: UInt16, slot: UInt32 = 0) {
        self.type = type
        self.detail = detail
        self.length = length
        self.slot = slot
    }
}

/// Who writes the end of a channel that is read here.
public enum ChannelPeer: Sendable {
    case worker
    case master
}
