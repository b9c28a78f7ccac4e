import HTTPWire
import WebSocketWire

/// What an operator allows one connection; the standard values are those of the documentation.
public struct IngestLimits: Equatable, Sendable {
    /// Events and other frames a second of one connection; 0 allows any number.
    public var eventsPerSecond = 100_000
    /// Bytes a second of one connection, compressed ones counted once more as what they come to; 0 allows
    /// any number.
    public var bytesPerSecond = 16 * 1024 * 1024
    /// How long a connection may be over them on end before it is closed.
    public var patienceMilliseconds = 30_000
    /// How long a request head may take, and a hello.
    public var handshakeSeconds = 10
    /// How long a message, or a posted body, may take from its first byte to its last.
    public var messageSeconds = 30
    /// After how long a silent connection is pinged.
    public var idleSeconds = 45
    /// Bytes of a request head.
    public var headBytes = HTTPLimits.headBytes
    /// Field lines of a request head.
    public var headFields = HTTPLimits.fields
    /// How large a message may be, and a posted body.
    public var messageBytes = WebSocketLimits.messageBytes
    /// In how many fragments a message may come.
    public var messageFragments = WebSocketLimits.messageFragments

    /// What holds where nobody says anything.
    public init() {}

    /// The same as one argument of a worker's role.
    public var word: String {
        [
            eventsPerSecond, bytesPerSecond, patienceMilliseconds, handshakeSeconds, messageSeconds,
            idleSeconds, headBytes, headFields, messageBytes, messageFragments,
        ].map(String.init).joined(separator: ",")
    }

    /// Reads such an argument; nil where it is none.
    public init?(word: String) {
        let numbers = word.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard numbers.count == 10, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        eventsPerSecond = numbers[0]
        bytesPerSecond = numbers[1]
        patienceMilliseconds = numbers[2]
        handshakeSeconds = numbers[3]
        messageSeconds = numbers[4]
        idleSeconds = numbers[5]
        headBytes = numbers[6]
        headFields = numbers[7]
        messageBytes = numbers[8]
        messageFragments = numbers[9]
    }

    /// Whether a message may be bounded by so many bytes.
    public static func allows(messageBytes: Int) -> Bool {
        MessageBounds(messageBytes: messageBytes, fragments: 1) != nil
    }

    /// Whether a message may be bounded by so many fragments.
    public static func allows(messageFragments: Int) -> Bool {
        MessageBounds(messageBytes: WebSocketLimits.messageBytes, fragments: messageFragments) != nil
    }

    var message: MessageBounds {
        MessageBounds(messageBytes: messageBytes, fragments: messageFragments) ?? .standard
    }

    /// How long the answer to a ping may take: no longer than was waited before it.
    var pongSeconds: Int64 { min(WorkerLimits.pongTimeoutSeconds, Int64(idleSeconds)) }

    var rates: ConnectionRates.Rules {
        func rule(_ perSecond: Int) -> TokenBucket.Rule? {
            perSecond > 0 ? TokenBucket.Rule(perSecond: perSecond, burst: perSecond) : nil
        }
        return ConnectionRates.Rules(
            events: rule(eventsPerSecond), bytes: rule(bytesPerSecond),
            patience: Int64(patienceMilliseconds) * 1_000_000)
    }
}
