/// What one viewer has received: how many of whom, in order or not, and how long it heard nothing.
///
/// Each visitor numbers its samples from 1, so that a gap is a sample that never came (lost or conflated) or
/// comes out of its order.
struct ViewerLedger: ~Copyable {
    /// Samples, whatever their order.
    private(set) var received: UInt64 = 0
    /// Samples that stood behind a newer one of the same visitor, or came again.
    private(set) var disordered: UInt64 = 0
    /// Samples of a visitor that was never sent for.
    private(set) var foreign: UInt64 = 0
    /// Leaves.
    var kills: UInt64 = 0
    /// Times the server told the viewer to forget everything.
    var resets: UInt64 = 0
    /// Lines of none of the forms that are known here.
    var unknownLines: UInt64 = 0
    /// The longest time without a sample while some were due, in nanoseconds.
    private(set) var longestSilence: Int64 = 0

    /// How many visitors there are.
    let visitorCount: Int
    private let newest: UnsafeMutablePointer<UInt64>
    private var lastArrival: Int64

    /// Nothing received yet; `began` says from when on silence counts.
    init(visitorCount: Int) {
        self.visitorCount = visitorCount
        newest = .allocate(capacity: max(visitorCount, 1))
        newest.initialize(repeating: 0, count: max(visitorCount, 1))
        lastArrival = .max
    }

    deinit { newest.deallocate() }

    /// A sample came; constant time.
    @inline(__always)
    mutating func receivedSample(visitor: UInt64, sequence: UInt64) {
        guard visitor < UInt64(visitorCount) else {
            foreign &+= 1
            return
        }
        received &+= 1
        let slot = newest + Int(truncatingIfNeeded: visitor)
        if sequence > slot.pointee { slot.pointee = sequence } else { disordered &+= 1 }
    }

    /// The last number that came of a visitor; 0 if none did.
    func newestSequence(of visitor: Int) -> UInt64 { newest[visitor] }

    /// Samples came at `now`.
    @inline(__always)
    mutating func heard(at now: Int64) {
        longestSilence = max(longestSilence, now &- lastArrival)
        lastArrival = now
    }

    /// The first sample is due at `now` (monotonic nanoseconds).
    mutating func began(at now: Int64) { lastArrival = now }

    /// The last sample was due at `now`; a viewer that still misses some has been waiting since it heard one.
    mutating func ended(at now: Int64) {
        heard(at: now)
        lastArrival = .max
    }
}
