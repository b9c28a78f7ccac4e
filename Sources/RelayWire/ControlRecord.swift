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
/// ```
/// The types from 16 on are left to configuration.
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

    static let magic: UInt32 = 0x5053_6463
    static let version: UInt16 = 2
    static let originBytes = 256

    enum Kind: UInt8 {
        case hello = 0
        case ready = 1
        case ping = 2
        case pong = 3
        case stop = 4
        case stopped = 5
        case stopping = 6
        case originRefused = 7

        var bytes: Int {
            switch self {
            case .hello, .ping, .pong: 16
            case .ready, .stop, .stopped, .stopping: 8
            case .originRefused: 8 + ControlRecord.originBytes
            }
        }

        /// Whether `peer` may write it.
        func comes(from peer: ChannelPeer) -> Bool {
            switch self {
            case .hello: true
            case .ready, .pong, .stopped, .stopping, .originRefused: peer == .worker
            case .ping, .stop: peer == .master
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
        }
    }

    private mutating func appendControlHeader(_ kind: ControlRecord.Kind, word: UInt32 = 0) {
        append(memoryOf: RelayHeader(type: kind.rawValue, length: UInt16(kind.bytes), slot: word))
    }
}
