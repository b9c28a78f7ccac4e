import BroadcastHub
import PosixIO

/// An event stream's place in a round of writes.
struct Viewer {
    /// Its connection's slot and generation.
    let connection: Token
    var id: ViewerID
    /// The terminal of this server: it is never closed for slowness.
    let isFront: Bool
    /// Whether it sees some alone, and gets what comes of them in few writes.
    var isPaced = false
    /// When it may be written to again, where it is paced.
    var restsUntil = Int64.min
    /// The kernel takes no more; a writable event ends this.
    var isBlocked = false
}

/// The viewers of one shape, who are written to in turn.
///
/// There is one round for samples, due with every batch, and one for frames, due with every tick: a thousand
/// dashboards need not be looked at for every batch that someone else gets.
final class Round {
    /// Past it the others' turn comes.
    let bytesPerTurn: Int
    var viewers: [Viewer] = []
    /// Where the next turn begins: behind the viewer who was last when the bytes ran out.
    var next = 0
    /// Something may be pending for someone.
    var isDue = false
    /// When the first of those that rest is due; `max` where nothing is pending for them.
    var nextRest = Int64.max

    init(bytesPerTurn: Int) { self.bytesPerTurn = bytesPerTurn }

    /// Takes a viewer in and returns its place.
    func append(_ viewer: Viewer) -> Int {
        viewers.append(viewer)
        isDue = true
        return viewers.count - 1
    }

    /// Takes a viewer out; the last one, which is returned, gets its place.
    func remove(at index: Int) -> Viewer? {
        let last = viewers.removeLast()
        guard index < viewers.count else { return nil }
        viewers[index] = last
        return last
    }
}
