public import ByteCore

/// A record of `pointerscope.v1` from the server to the page; a message is one or several.
///
/// ```
/// 01 welcome     length uv | how u8 | id text | token text | rate u8 | batch uv | more, passed over
/// 02 rate        rate u8 | batch uv
/// 04 move away   spread uv
/// 05 stop        reason u8
/// 06 resync
/// 40...7F        length uv | bytes, of a later version: passed over
/// ```
public enum ServerMessage: Equatable {
    /// The answer to a hello: from now on samples may come.
    case welcome(Welcome)
    /// At most so many samples a second, 0 for none but what tells of presence, in messages so far apart.
    case rate(samplesPerSecond: UInt8, batchMilliseconds: UInt32)
    /// Make a new connection at a random moment within so long, switch over, then close this one.
    case moveAway(spreadMilliseconds: UInt32)
    /// Close, and do not come back as long as this page lives.
    case stop(StopReason)
    /// Messages are missing: begin the next one with a sync.
    case resync

    /// Why a page has to stop.
    public enum StopReason: UInt8, Sendable, CaseIterable {
        /// The visitor asks not to be watched.
        case privacy = 1
        case notAdmitted = 2
    }

    /// Who the visitor is from now on, and how much of it is asked for.
    @safe public struct Welcome: Equatable {
        /// Where the identity is from.
        public enum Origin: UInt8, Sendable, CaseIterable {
            case new = 0
            case resumed = 1
            /// New, because the token that came does not hold.
            case refused = 2
        }

        public var origin: Origin
        /// At most 64 bytes.
        public var id: UnsafeRawBufferPointer
        /// At most 128 bytes: what the next hello says.
        public var token: UnsafeRawBufferPointer
        public var samplesPerSecond: UInt8
        public var batchMilliseconds: UInt32

        /// Makes one whose texts must outlive it.
        public init(
            origin: Origin, id: UnsafeRawBufferPointer, token: UnsafeRawBufferPointer,
            samplesPerSecond: UInt8, batchMilliseconds: UInt32
        ) {
            self.origin = origin
            unsafe self.id = id
            unsafe self.token = token
            self.samplesPerSecond = samplesPerSecond
            self.batchMilliseconds = batchMilliseconds
        }

        public static func == (one: Self, other: Self) -> Bool {
            unsafe one.origin == other.origin && one.id.elementsEqual(other.id)
                && one.token.elementsEqual(other.token) && one.samplesPerSecond == other.samplesPerSecond
                && one.batchMilliseconds == other.batchMilliseconds
        }
    }

    fileprivate enum Record {
        static let welcome: UInt8 = 0x01
        static let rate: UInt8 = 0x02
        static let moveAway: UInt8 = 0x04
        static let stop: UInt8 = 0x05
        static let resync: UInt8 = 0x06
    }
}

/// Reads the records of one message from the server.
@safe public struct ServerMessageReader: ~Copyable {
    private let message: UnsafeRawBufferPointer
    private var offset = 0

    /// Makes a reader of a whole binary message, which must outlive it and what it gives.
    public init(_ message: UnsafeRawBufferPointer) { unsafe self.message = message }

    /// The next record; nil at the end. A later version's are passed over.
    public mutating func next() throws(WireV1Fault) -> ServerMessage? {
        while unsafe offset < message.count {
            var reader = unsafe try WireV1Reader(message, from: offset)
            let record = try Self.read(&reader)
            offset = reader.offset
            if let record { return record }
        }
        return nil
    }

    private static func read(_ reader: inout WireV1Reader) throws(WireV1Fault) -> ServerMessage? {
        let first = try reader.byte()
        switch first {
        case ServerMessage.Record.welcome:
            var part = try reader.part()
            guard let origin = ServerMessage.Welcome.Origin(rawValue: try part.byte()) else {
                throw .choiceUnknown
            }
            let id = unsafe try part.text(upTo: Limits.idBytes)
            let token = unsafe try part.text(upTo: WireV1Limits.tokenBytes)
            let rate = try part.byte()
            return unsafe .welcome(
                ServerMessage.Welcome(
                    origin: origin, id: id, token: token, samplesPerSecond: rate,
                    batchMilliseconds: try milliseconds(&part)))
        case ServerMessage.Record.rate:
            let rate = try reader.byte()
            return .rate(samplesPerSecond: rate, batchMilliseconds: try milliseconds(&reader))
        case ServerMessage.Record.moveAway: return .moveAway(spreadMilliseconds: try milliseconds(&reader))
        case ServerMessage.Record.stop:
            guard let reason = ServerMessage.StopReason(rawValue: try reader.byte()) else {
                throw .choiceUnknown
            }
            return .stop(reason)
        case ServerMessage.Record.resync: return .resync
        case WireV1Record.firstOfLaterVersions..<0x80:
            _ = unsafe try reader.bytes()
            return nil
        default: throw .unknownRecord
        }
    }

    private static func milliseconds(_ reader: inout WireV1Reader) throws(WireV1Fault) -> UInt32 {
        let value = try reader.unsigned()
        guard value <= WireV1Limits.step else { throw .stepTooLong }
        return UInt32(value)
    }
}

extension ByteBuffer {
    /// Appends a record to a message from the server.
    public mutating func append(_ message: ServerMessage) {
        switch message {
        case .welcome(let welcome):
            append(ServerMessage.Record.welcome)
            appendPart { part in
                part.append(welcome.origin.rawValue)
                unsafe part.appendText(welcome.id)
                unsafe part.appendText(welcome.token)
                part.append(welcome.samplesPerSecond)
                part.appendUnsigned(UInt64(welcome.batchMilliseconds))
            }
        case .rate(let rate, let batch):
            append(ServerMessage.Record.rate)
            append(rate)
            appendUnsigned(UInt64(batch))
        case .moveAway(let spread):
            append(ServerMessage.Record.moveAway)
            appendUnsigned(UInt64(spread))
        case .stop(let reason):
            append(ServerMessage.Record.stop)
            append(reason.rawValue)
        case .resync: append(ServerMessage.Record.resync)
        }
    }
}
