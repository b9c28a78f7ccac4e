import ByteCore
import PosixIO

/// What the visitors of one demo share.
struct DemoSurroundings: ~Copyable {
    /// The tag of visitors' sockets in the poller's tokens; the index is the visitor's, the generation its
    /// link's.
    static let visitorKind: UInt8 = 3

    let address: SocketAddress
    /// What handshakes name as the page's origin.
    let origin: String?
    let poller: Poller
    let pages = DemoPages()
    var scratch = LinkScratch(byteCount: LoadLimits.linkReadBytes)
    var masks: MaskKeys
    /// For the crowd's own choices; each hand has one of its own.
    var random: SeededRandom
    /// Where one sample's text is made.
    var text = ByteBuffer(capacity: 512)
    /// The visitor being woken.
    var current: UInt32 = 0

    init(address: SocketAddress, origin: String?, seed: UInt64) throws(SystemError) {
        self.address = address
        self.origin = origin
        poller = try Poller()
        random = SeededRandom(seed: seed)
        masks = MaskKeys(seed: random.bits())
    }
}
