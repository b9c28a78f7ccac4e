public import PointerEvents

/// What every record of both channels begins with; records are whole 8-byte words in host byte order.
///
/// ```
///  0 [ type u8 | detail u8 | length u16 | slot u32 ]
/// ```
/// `length` counts the whole record, header included; where it is 0, `slot` does. `detail` is a sample's
/// fields, a text's kind, how somebody left or came, and zero elsewhere.
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

    /// Bytes of the whole record.
    @inlinable @inline(__always)
    public var recordBytes: Int { length == 0 ? Int(slot) : Int(length) }

    /// A header in one word, as it lies in memory.
    @inlinable @inline(__always)
    var word: UInt64 { unsafe unsafeBitCast(self, to: UInt64.self) }

    /// What the header of every sample without a tail has in common, and where that stands in it.
    @inlinable @inline(__always)
    static var sampleWord: UInt64 {
        RelayHeader(type: PointerSample.recordType, length: UInt16(RelayRecordType.sampleBytes)).word
    }
    @inlinable @inline(__always)
    static var sampleMask: UInt64 {
        let flags = SampleFields.tail.rawValue | RelayRecordType.unknownFields
        return RelayHeader(type: .max, detail: flags, length: .max).word
    }

    /// The header that lies in memory as this word.
    @inlinable @inline(__always)
    init(word: UInt64) { self = unsafe unsafeBitCast(word, to: RelayHeader.self) }

    /// Where that stands, the slot, and whether a page is named: what those of one slot that name none have
    /// in common.
    @inlinable @inline(__always)
    static var plainMask: UInt64 {
        sampleMask | slotMask | RelayHeader(type: 0, detail: SampleFields.page.rawValue, length: 0).word
    }

    /// Where the slot stands in it.
    @inlinable @inline(__always)
    static var slotMask: UInt64 { RelayHeader(type: 0, length: 0, slot: .max).word }
}

/// Who writes the end of a channel that is read here.
public enum ChannelPeer: Sendable {
    case worker
    case master
}
