import AccessControl
import ByteCore
import PosixIO
import ProxyWire

/// One connection of the HTTP port: what carries it, what is said on it, and its time.
struct Connection: ~Copyable {
    /// What it is doing.
    enum Phase {
        /// Sends requests and is answered, one at a time.
        case requests
        /// Gets an event stream; what it sends is discarded.
        case stream
        /// Was told all there is to tell; its end of file is awaited.
        case lingering
    }

    /// Which seats it takes one of.
    enum Seat {
        case regular
        /// One of those on which it is said that there is no other.
        case refusal
    }

    let transport: any Transport
    var exchange: Exchange
    let seat: Seat
    /// Who is at its other end.
    let peer: PeerAddress
    /// Whom it is from: its peer, or who a PROXY header said is behind that.
    var source: ClientAddress
    /// The PROXY header it has to begin with is not whole yet.
    var awaitsProxyHeader = false
    var phase = Phase.requests
    /// What it is watched for.
    var interest: Interest = .readable
    /// What a read waits for, and a write once it was not taken whole.
    var readAwaits: Interest = .readable
    var writeAwaits: Interest = .writable
    /// It stands in the queue of those who can go on with their requests.
    var isQueued = false
    /// Of an event stream: who gets it, 1 to 64 bytes.
    var name: [UInt8] = []
    /// Of an event stream: whom its request was from.
    var viewer = ClientAddress.unnamed
    /// Of an event stream: on what it was let in; nil where everybody may.
    var grant: Grant?
    /// Of an event stream whose session or token has ended.
    var farewell: Farewell?
    /// Of an event stream: by what its viewer is named in a look, empty where none was given, and whom it
    /// looks at closely, empty for nobody.
    var word: [UInt8] = []
    var look: [UInt8] = []
    var lookAllowance = LookAllowance.ofStream
    var filterAllowance = LookAllowance.ofStream
    /// Bytes read and thrown away.
    var discarded = 0
    /// When the phase, or the request now being read, began.
    var since: Int64
    /// When output was last taken, or none was pending.
    var progress: Int64
    /// When it last got something done: came, asked, took a part of an answer.
    var activeAt: Int64
    /// The round it is in while it is an event stream, and its place there.
    var round: Round?
    var place = 0

    init(
        _ transport: any Transport, from peer: PeerAddress, seat: Seat = .regular, budget: ByteBudget,
        now: Int64
    ) {
        self.transport = transport
        self.seat = seat
        self.peer = peer
        source = .peer(peer)
        exchange = Exchange(budget)
        since = now
        progress = now
        activeAt = now
    }
}
