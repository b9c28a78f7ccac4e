public import ByteCore
public import PointerEvents

/// The records of the data channel; the raw values are the wire's.
///
/// ```
/// hello       0 [ 0 | 0 | 16 u16 | 0 u32 ]
///             8 [ magic u32 | version u16 | sample bytes u16 ]
///
/// sample      PointerSample, 64 bytes                                     worker to master
///            64 [ SampleTail, 48 bytes ]                                  where its fields say so
///
/// join        0 [ 2 | isMoved u8 | 112 u16 | slot u32 ]                   worker to master
///             8 [ connection u64 ]
///            16 [ receivedNanoseconds i64 ]
///            24 [ idLength u32 | 0 u32 ]
///            32 [ id, 64 bytes, zeros after idLength ]
///            96 [ stamp u64 | instance u64 ]                              0, 0 where none were told
///                                                                         isMoved: 1 where the visitor came
///                                                                         along with its connection
///
/// leave       0 [ 3 | how u8 | 16 u16 | slot u32 ]                        worker to master
///             8 [ connection u64 ]                                        how: 1 after a bye, 2 where its
///                                                                         connection moves, else 0
///
/// text        0 [ 4 | 0 page, 1 name, 2 element | length u16 | index u32 ]
///             8 [ byteCount u16 | bytes, then zeros to a whole word ]     worker to master
///                                                                         65535: 16 bytes, and none at all
///
/// closed      0 [ 5 | 0 | 16 u16 | 0 u32 ]                                worker to master
///             8 [ connection u64 ]                                        stands behind its leaves
///
/// connection  0 [ 6 | isFirst u8 | 16 u16 | 0 u32 ]                       master to worker
///             8 [ connection u64 ]                                        one descriptor rides with it;
///                                                                         isFirst: 1 of the first one of a
///                                                                         message
///
/// identity    0 [ 7 | 0 | 40 u16 | 0 u32 ]                                master to worker
/// key         8 [ key, 32 bytes ]                                         first behind the hello
///
/// moved       0 [ 8 | isAlone u8 | 0 u16 | length u32 ]                   worker to master
///             8 [ connection u64 ]                                        one descriptor rides with it,
///            16 [ stateBytes u32 | 0 u32 ]                                unless it isAlone
///            24 [ state, zeros to a whole word ]
///
/// adopt       0 [ 9 | the same ]                                          master to worker
///
/// adopted     0 [ 10 | 0 | 16 u16 | 0 u32 ]                               worker to master
///             8 [ connection u64 ]                                        stands in front of its joins
///
/// arrived     0 [ 11 | how u8 | 32 u16 | place u32 ]                      worker to master
///             8 [ connection u64 ]                                        how: 1 with an address, 3 where it
///            16 [ high u64 | low u64 ]                                    waits for a verdict, else 0
/// ```
/// A slot is the worker's index of one visitor on one connection; after its leave it may be given to another.
public enum RelayRecordType: UInt8, Sendable {
    case hello = 0
    case sample = 1
    case join = 2
    case leave = 3
    case text = 4
    case closed = 5
    case connection = 6
    case identityKey = 7
    case moved = 8
    case adopt = 9
    case adopted = 10
    case arrived = 11

    /// First in both directions; a peer that says anything else is refused.
    public static let magic: UInt32 = 0x5053_6474
    /// Counts up with every change of a layout.
    public static let version: UInt16 = 5
    static let helloBytes = 16
    static let joinBytes = 112
    static let shortBytes = 16
    static let identityKeyBytes = 40
    static let arrivedBytes = 32
    static let joinIDOffset = 32
    static let joinStampOffset = 96
    static let joinInstanceOffset = 104
    static let textOffset = 10
    static let stateOffset = 24
    /// The count of a text that is none.
    static let noText = UInt16.max
    @usableFromInline static var kindOffset: Int { 62 }
    @usableFromInline static var pageOffset: Int { 56 }
    @usableFromInline static var greatestKind: UInt8 { PointerKind.cancel.rawValue }
    @usableFromInline static var unknownFields: UInt8 { 0x80 }

    /// Bytes of a sample record.
    @inlinable public static var sampleBytes: Int { 64 }

    /// Bytes of a sample record with its tail.
    @inlinable public static var tailedSampleBytes: Int { 112 }

    /// The length a text's record has, in whole words.
    static func textBytes(_ count: Int) -> Int { (textOffset + count + 7) & ~7 }

    /// The length that the record of a moved connection has, in whole words.
    static func movedBytes(_ count: Int) -> Int { (stateOffset + count + 7) & ~7 }
}

/// One record as it was read; what points does so into the bytes it was read from.
@safe public enum RelayRecord {
    /// The peer speaks this version of the records.
    case hello
    case sample(UnsafePointer<PointerSample>)
    /// One that has a tail, whose name and element were told before.
    case tailedSample(UnsafePointer<PointerSample>, UnsafePointer<SampleTail>)
    case join(RelayJoin)
    /// The visitor of `slot` is no longer spoken for by `connection`; one that said it leaves its page may
    /// be back soon.
    case leave(slot: UInt32, connection: UInt64, mayReturn: Bool)
    /// The visitor of `slot` goes on at another worker, together with `connection`.
    case moving(slot: UInt32, connection: UInt64)
    /// From here on `index` means these bytes, among the texts of this kind.
    case text(RelayText, index: UInt32, bytes: UnsafeRawBufferPointer)
    /// From here on `index` means none.
    case noText(RelayText, index: UInt32)
    /// The worker has let go of `connection`; its leaves came before.
    case closed(connection: UInt64)
    /// A connection for the worker, whose descriptor came beside this record, the first of a message or not.
    case connection(UInt64, isFirst: Bool)
    /// A connection that a worker hands over, behind all that it brought.
    case moved(RelayMove)
    /// A connection that another worker handed over.
    case adopt(RelayMove)
    /// The worker has taken `connection` over, and has read nothing of it yet; its joins follow.
    case adopted(connection: UInt64)
    /// A connection that the worker has accepted itself; nothing of it was read before.
    case arrived(RelayArrival)
    /// The 32 bytes that visitors' ids and tokens are signed with.
    case identityKey(UnsafeRawBufferPointer)
}

/// Samples without tails, one behind the other, as they were read.
@frozen
@safe public struct RelaySamples {
    public let first: UnsafePointer<PointerSample>
    public let count: Int

    @inlinable
    init(first: UnsafePointer<PointerSample>, count: Int) {
        unsafe self.first = first
        self.count = count
    }

    /// Bytes of their records.
    @inlinable public var byteCount: Int { RelayRecordType.sampleBytes &* count }
}

/// A visitor that a connection began to speak for.
@safe public struct RelayJoin {
    public let slot: UInt32
    public let connection: UInt64
    /// CLOCK_MONOTONIC when the worker first heard of the visitor.
    public let receivedNanoseconds: Int64
    /// 1 to 64 bytes of UTF-8.
    public let id: UnsafeRawBufferPointer
    /// When the token that was redeemed was made, in epoch milliseconds; 0 where none was.
    public let stamp: UInt64
    /// The page load that speaks, by a random number of its own; 0 where the id is not a signed one.
    public let instance: UInt64
    /// Whether the visitor came along with a connection that another worker had.
    public let isMoved: Bool
}

/// A connection that came to a worker without its master.
public struct RelayArrival: Equatable, Sendable {
    public let connection: UInt64
    /// Where the worker keeps it, to be said with the verdict.
    public let place: UInt32
    /// Where it comes from; nil over a Unix socket.
    public let address: IPAddress?
    /// Whether the worker reads nothing of it before the master has said that it may stay.
    public let awaitsVerdict: Bool

    /// Describes one.
    public init(connection: UInt64, place: UInt32, address: IPAddress?, awaitsVerdict: Bool) {
        self.connection = connection
        self.place = place
        self.address = address
        self.awaitsVerdict = awaitsVerdict
    }
}

/// A connection on its way from one worker to another, by its master.
@safe public struct RelayMove {
    public let connection: UInt64
    /// Whether no descriptor rides with it: these are visitors without a connection.
    public let isAlone: Bool
    /// What the worker that takes it over has to know; the master does not look into it.
    public let state: UnsafeRawBufferPointer
}
