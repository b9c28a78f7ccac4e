public import PointerEvents

/// The records of the data channel; the raw values are the wire's.
///
/// ```
/// hello       0 [ 0 | 0 | 16 u16 | 0 u32 ]
///             8 [ magic u32 | version u16 | sample bytes u16 ]
///
/// sample      PointerSample, 64 bytes                                     worker to master
///
/// join        0 [ 2 | 0 | 96 u16 | slot u32 ]                             worker to master
///             8 [ connection u64 ]
///            16 [ receivedNanoseconds i64 ]
///            24 [ idLength u32 | 0 u32 ]
///            32 [ id, 64 bytes, zeros after idLength ]
///
/// leave       0 [ 3 | 0 | 16 u16 | slot u32 ]                             worker to master
///             8 [ connection u64 ]
///
/// page        0 [ 4 | 0 | length u16 | index u32 ]                        worker to master
///             8 [ byteCount u16 | bytes, then zeros to a whole word ]
///
/// closed      0 [ 5 | 0 | 16 u16 | 0 u32 ]                                worker to master
///             8 [ connection u64 ]                                        stands behind its leaves
///
/// connection  0 [ 6 | 0 | 16 u16 | 0 u32 ]                                master to worker
///             8 [ connection u64 ]                                        one descriptor rides with it
/// ```
/// A slot is the worker's index of one visitor on one connection; after its leave it may be given to another.
public enum RelayRecordType: UInt8, Sendable {
    case hello = 0
    case sample = 1
    case join = 2
    case leave = 3
    case page = 4
    case closed = 5
    case connection = 6

    /// First in both directions; a peer that says anything else is refused.
    public static let magic: UInt32 = 0x5053_6474
    /// Counts up with every change of a layout.
    public static let version: UInt16 = 1
    static let helloBytes = 16
    static let joinBytes = 96
    static let shortBytes = 16
    static let joinIDOffset = 32
    static let pageTextOffset = 10
    @usableFromInline static var kindOffset: Int { 62 }
    @usableFromInline static var pageOffset: Int { 56 }
    @usableFromInline static var greatestKind: UInt8 { PointerKind.cancel.rawValue }
    @usableFromInline static var unknownFields: UInt8 { 0xC0 }

    /// Bytes of a sample record.
    @inlinable public static var sampleBytes: Int { 64 }

    /// The length a page's record has, in whole words.
    static func pageBytes(text count: Int) -> Int { (pageTextOffset + count + 7) & ~7 }
}

/// One record as it was read; what points does so into the bytes it was read from.
@safe public enum RelayRecord {
    /// The peer speaks this version of the records.
    case hello
    case sample(UnsafePointer<PointerSample>)
    case join(RelayJoin)
    /// The visitor of `slot` is no longer spoken for by `connection`.
    case leave(slot: UInt32, connection: UInt64)
    /// From here on samples with page `index` are on the page of these bytes.
    case page(index: UInt32, bytes: UnsafeRawBufferPointer)
    /// The worker has let go of `connection`; its leaves came before.
    case closed(connection: UInt64)
    /// A connection for the worker, whose descriptor came beside this record.
    case connection(UInt64)
}

/// A visitor that a connection began to speak for.
@safe public struct RelayJoin {
    public let slot: UInt32
    public let connection: UInt64
    /// CLOCK_MONOTONIC when the worker first heard of the visitor.
    public let receivedNanoseconds: Int64
    /// 1 to 64 bytes of UTF-8.
    public let id: UnsafeRawBufferPointer
}
