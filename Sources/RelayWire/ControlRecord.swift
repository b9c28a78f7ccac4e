public import ByteCore

/// A record of the control channel: lifecycle and heartbeat, between a master and one worker.
///
/// ```
/// hello       0 [ 0 | 0 | 16 u16 | 0 u32 ]                 both ways, first
///             8 [ magic u32 | version u16 | 0 u16 ]
/// ready       0 [ 1 | 0 | 8 u16 | capacity u32 ]           worker to master
/// ping        0 [ 2 | 0 | 16 u16 | 0 u32 ]                 master to worker
///             8 [ sequence u64 ]
/// pong        0 [ 3 | 0 | 16 u16 | 0 u32 ]                 worker to master
///             8 [ sequence u64 ]
/// stop        0 [ 4 | 0 | 8 u16 | deadlineMilliseconds ]   master to worker
/// stopped     0 [ 5 | 0 | 8 u16 | 0 u32 ]                  worker to master
/// stopping    0 [ 6 | 0 | 8 u16 | 0 u32 ]                  worker to master
/// origin      0 [ 7 | 0 | 264 u16 | byteCount u32 ]        worker to master
///             8 [ bytes, 256, zeros after byteCount ]
/// rate        0 [ 16 | 0 | 8 u16 | rate, batch << 8 ]      master to worker
/// closely     0 [ 17 | 0 | 24 u16 | 0 u32 ]                master to worker
///             8 [ connection u64 ]
///            16 [ rate u32 | batch u32 ]
/// refuse      0 [ 18 | 0 | 16 u16 | 0 u32 ]                master to worker
///             8 [ connection u64 ]
/// move away   0 [ 19 | 0 | 8 u16 | spread u32 ]            master to worker
/// admit       0 [ 20 | 0 | 16 u16 | 0 u32 ]                master to worker
///             8 [ connection u64 ]
/// no place    0 [ 21 | 0 | 16 u16 | slot u32 ]             master to worker
///             8 [ connection u64 ]
/// drain       0 [ 22 | 0 | 8 u16 | withinMilliseconds ]    master to worker
/// move        0 [ 23 | 0 | 8 u16 | count u32 ]             master to worker
/// listen      0 [ 24 | 0 | 16 u16 | how u32 ]              master to worker
///             8 [ connection u64 ]
/// let in      0 [ 25 | 0 | 16 u16 | place u32 ]            master to worker
///             8 [ connection u64 ]
/// turn away   0 [ 26 | 0 | 16 u16 | place u32 ]            master to worker
///             8 [ connection u64 ]
/// cut         0 [ 27 | 0 | 16 u16 | place u32 ]            master to worker
///             8 [ connection u64 ]
/// ```
public enum ControlRecord: Equatable, Sendable {
    /// The peer speaks this version of the records.
    case hello
    /// The worker accepts connections, at most `capacity` of them at a time.
    case ready(capacity: UInt32)
    /// Answer with the same number.
    case ping(sequence: UInt64)
    case pong(sequence: UInt64)
    /// Close every connection, write everything, and exit within so many milliseconds.
    case stop(deadlineMilliseconds: UInt32)
    /// Everything is closed and written; the worker exits next.
    case stopped
    /// The worker stops without having been told to by the master: it takes no more connections.
    case stopping
    /// Connections of this Origin, as it was sent and cut to 256 bytes, were refused; told once in a while.
    case originRefused([UInt8])
    /// Every page sends at most so many samples a second (0: presence only), in messages so many
    /// milliseconds (less than 2^24) apart.
    case rate(UInt8, batchMilliseconds: UInt32)
    /// The pages of one connection do so; a rate of `asEveryone` ends that.
    case closely(connection: UInt64, rate: UInt8, batchMilliseconds: UInt32)
    /// Close this connection: the identity it speaks for is in use elsewhere, or its token was replayed.
    case refuse(connection: UInt64)
    /// Every page makes a new connection within so many milliseconds, before its old one lets go.
    case moveAway(spreadMilliseconds: UInt32)
    /// The visitor of this connection, who showed a token, may speak for its identity.
    case admit(connection: UInt64)

    /// Close this connection: there is no place for the visitor of this slot, who is not here yet.
    case noPlace(connection: UInt64, slot: UInt32)
    /// Close every connection, one after the other over so many milliseconds, and those that are on their way
    /// here; a stop follows.
    case drain(withinMilliseconds: UInt32)
    /// Hand over so many connections on the data channel, to whichever worker the master gives them;
    /// `UInt32.max` means all, and every one that still arrives.
    case move(count: UInt32)
    /// How to accept at the listener that the worker was started with; its connections are numbered from
    /// `first` on, where it has had none yet.
    case listen(Listening, first: UInt64)
    /// The connection of this arrival may stay.
    case letIn(connection: UInt64, place: UInt32)
    /// Tell the connection of this arrival that its address has enough, and end it.
    case turnAway(connection: UInt64, place: UInt32)
    /// Reset it.
    case cut(connection: UInt64, place: UInt32)

    /// The rate of `closely` that stands for the one all pages have.
    public static let asEveryone: UInt8 = 255

    static let magic: UInt32 = 0x5053_6463
    static let version: UInt16 = 7
    /// The most that is told of an origin; the rest of a longer one is not.
    public static let originBytes = 256

    enum Kind: UInt8 {
        case hello = 0
        case ready = 1
        case ping = 2
        case pong = 3
        case stop = 4
        case stopped = 5
        case stopping = 6
        case originRefused = 7
        case rate = 16
        case closely = 17
        case refuse = 18
        case moveAway = 19
        case admit = 20
        case noPlace = 21
        case drain = 22
        case move = 23
        case listen = 24
        case letIn = 25
        case turnAway = 26
        case cut = 27

        var bytes: Int {
            switch self {
            case .hello, .ping, .pong, .refuse, .admit, .noPlace, .listen, .letIn, .turnAway, .cut: 16
            case .ready, .stop, .stopped, .stopping, .rate, .moveAway, .drain, .move: 8
            case .closely: 24
            case .originRefused: 8 + ControlRecord.originBytes
            }
        }

        /// Whether `peer` may write it.
        func comes(from peer: ChannelPeer) -> Bool {
            switch self {
            case .hello: true
            case .ready, .pong, .stopped, .stopping, .originRefused: peer == .worker
            case .ping, .stop, .rate, .closely, .refuse, .moveAway, .admit, .noPlace, .drain, .move, .listen,
                .letIn, .turnAway, .cut:
                peer == .master
            }
        }
    }
}

extension ByteBuffer {
    /// Appends a record of the control channel; each direction must begin with a hello.
    public mutating func appendControl(_ record: ControlRecord) {
        switch record {
        case .hello:
            appendControlHeader(.hello)
            append(memoryOf: ControlRecord.magic)
            append(memoryOf: ControlRecord.version)
            append(memoryOf: UInt16(0))
        case .ready(let capacity):
            appendControlHeader(.ready, word: capacity)
        case .ping(let sequence):
            appendControlHeader(.ping)
            append(memoryOf: sequence)
        case .pong(let sequence):
            appendControlHeader(.pong)
            append(memoryOf: sequence)
        case .stop(let deadlineMilliseconds):
            appendControlHeader(.stop, word: deadlineMilliseconds)
        case .stopped:
            appendControlHeader(.stopped)
        case .stopping:
            appendControlHeader(.stopping)
        case .originRefused(let origin):
            let bytes = origin.prefix(ControlRecord.originBytes)
            appendControlHeader(.originRefused, word: UInt32(bytes.count))
            unsafe bytes.withUnsafeBytes { unsafe append($0) }
            for _ in bytes.count..<ControlRecord.originBytes { append(UInt8(0)) }
        case .rate(let rate, let batch):
            appendControlHeader(.rate, word: UInt32(rate) | min(batch, 0xFF_FFFF) << 8)
        case .closely(let connection, let rate, let batch):
            appendControlHeader(.closely)
            append(memoryOf: connection)
            append(memoryOf: UInt32(rate))
            append(memoryOf: batch)
        case .refuse(let connection):
            appendControlHeader(.refuse)
            append(memoryOf: connection)
        case .moveAway(let spread):
            appendControlHeader(.moveAway, word: spread)
        case .admit(let connection):
            appendControlHeader(.admit)
            append(memoryOf: connection)
        case .noPlace(let connection, let slot):
            appendControlHeader(.noPlace, word: slot)
            append(memoryOf: connection)
        case .drain(let withinMilliseconds):
            appendControlHeader(.drain, word: withinMilliseconds)
        case .move(let count):
            appendControlHeader(.move, word: count)
        case .listen(let how, let first):
            appendControlHeader(.listen, word: UInt32(how.rawValue))
            append(memoryOf: first)
        case .letIn(let connection, let place):
            appendControlHeader(.letIn, word: place)
            append(memoryOf: connection)
        case .turnAway(let connection, let place):
            appendControlHeader(.turnAway, word: place)
            append(memoryOf: connection)
        case .cut(let connection, let place):
            appendControlHeader(.cut, word: place)
            append(memoryOf: connection)
        }
    }

    private mutating func appendControlHeader(_ kind: ControlRecord.Kind, word: UInt32 = 0) {
        append(memoryOf: RelayHeader(type: kind.rawValue, length: UInt16(kind.bytes), slot: word))
    }
}
