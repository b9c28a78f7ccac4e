import ByteCore
import PosixIO

/// Visitors whom the server asks to move away: the new connection is there before they let go of the old one.
extension VisitorCrowd {
    /// Lets those connect anew whose time it is; until they are welcomed they speak on the connection that
    /// they have.
    mutating func moveAway(now: Int64, _ poller: borrowing Poller) {
        nextMove = .max
        var left: [(visitor: Int, due: Int64)] = []
        for (index, due) in moves {
            if due > now {
                left.append((index, due))
                nextMove = min(nextMove, due)
            } else if unsafe at(index).pointee.state == .open, !nextConnections.isMaking(index) {
                guard let place = nextConnections.take(for: index) else {
                    left.append((index, due))
                    nextMove = min(nextMove, now &+ LoadLimits.moveTurnNanoseconds)
                    continue
                }
                connect(place, due: now, poller)
            }
        }
        moves = left
    }

    /// Takes next connections into use that are there.
    mutating func switchOver(now: Int64, _ poller: borrowing Poller) {
        for place in count..<placeCount where unsafe at(place).pointee.state == .open {
            let index = nextConnections.visitor(of: place)
            // What waits in the old one goes out on it.
            if unsafe at(index).pointee.state == .open, unsafe at(index).pointee.isBlocked { continue }
            if unsafe at(index).pointee.state == .open {
                exchange(index, place)
                try? unsafe poller.modify(at(index).pointee.raw, for: .everyChange, token: token(index))
            }
            // The old one, or the new one of a visitor who has left meanwhile.
            part(place, poller)
            nextConnections.release(place)
            if unsafe at(index).pointee.state == .open { afterOpening(index, now: now) }
        }
    }

    /// Gives a visitor the connection of `place`, and `place` the visitor's.
    private func exchange(_ index: Int, _ place: Int) {
        let (visitor, other) = unsafe (at(index), at(place))
        let old = unsafe visitor.move()
        unsafe visitor.initialize(to: other.move())
        unsafe other.initialize(to: old)
        // What is the visitor's own stays.
        unsafe visitor.pointee.continueAs(other.pointee)
        unsafe swap(&encoders[index], &encoders[place])
        if plan.rate == .asked { unsafe swap(&paces[index], &paces[place]) }
    }
}

/// The places behind the visitors', for connections that they make before they let go of the old ones.
struct NextConnections {
    /// The first place.
    private let first: Int
    /// Whose connection is made in each; -1 for nobody's.
    private var visitors: [Int]
    private var used = 0

    init(behind first: Int, count: Int) {
        self.first = first
        visitors = Array(repeating: -1, count: count)
    }

    var count: Int { visitors.count }
    var areUsed: Bool { used > 0 }

    /// Whether one is made for a visitor.
    func isMaking(_ visitor: Int) -> Bool { visitors.contains(visitor) }

    /// For whom the one of a place is made.
    func visitor(of place: Int) -> Int { visitors[place - first] }

    /// A place for the next connection of a visitor; nil where all are taken.
    mutating func take(for visitor: Int) -> Int? {
        guard let free = visitors.firstIndex(of: -1) else { return nil }
        visitors[free] = visitor
        used += 1
        return first + free
    }

    /// A place is free again.
    mutating func release(_ place: Int) {
        guard visitors[place - first] >= 0 else { return }
        visitors[place - first] = -1
        used -= 1
    }
}
