import func Glibc.calloc
import func Glibc.free

/// The places in the list of visitors at which catch-ups stand.
///
/// A catch-up holds a pin, and a pin stands at a visitor. When that visitor changes place in the list, the
/// pin goes to the next one, whoever holds it; where one stands there already the two become one. So what a
/// sample costs does not depend on the viewers, however many of them stand still.
///
/// ```
///  catch-ups    a   b      c        d
///               |   |      |        |        holds
///  pins         1   1      2 ─────▶ 3        2 has become one with 3: unions by rank, so the way is short
///               |                   |        stands at
///  visitors     u ─▶ v ─▶ w ─▶ ... x ─▶ y
/// ```
struct CatchUpPins: ~Copyable {
    /// No pin.
    static let none = UInt32.max

    private struct Pin {
        /// Where it stands; `Visitor.none` behind the last one.
        var visitor: UInt32
        /// Catch-ups and pins that name it.
        var holders: UInt32 = 1
        /// The pin it became one with; in a free one, the next that is free.
        var other = CatchUpPins.none
        /// An upper bound of the steps to it from any pin.
        var rank: UInt8 = 0
    }

    private var pins: ContiguousArray<Pin> = []
    private var firstFree = CatchUpPins.none
    /// By visitor: the number of the pin that stands there plus one. Memory never touched costs nothing.
    private let standing: UnsafeMutablePointer<UInt32>

    init(visitors: Int) {
        guard let zeroed = calloc(visitors, MemoryLayout<UInt32>.stride) else {
            fatalError("out of memory for the pins of catch-ups")
        }
        standing = zeroed.bindMemory(to: UInt32.self, capacity: visitors)
    }

    deinit { free(standing) }

    /// Pins in use, those that became one with others included.
    private(set) var count = 0

    /// A pin at `visitor` for one catch-up, shared with whoever stands there.
    mutating func hold(at visitor: UInt32) -> UInt32 {
        if standing[Int(visitor)] != 0 {
            let pin = standing[Int(visitor)] - 1
            pins[Int(pin)].holders += 1
            return pin
        }
        let pin: UInt32
        if firstFree != Self.none {
            pin = firstFree
            firstFree = pins[Int(pin)].other
            pins[Int(pin)] = Pin(visitor: visitor)
        } else {
            pin = UInt32(pins.count)
            pins.append(Pin(visitor: visitor))
        }
        standing[Int(visitor)] = pin + 1
        count += 1
        return pin
    }

    /// The visitor at whom a pin stands now, or `Visitor.none` behind the last one.
    func visitor(of pin: UInt32) -> UInt32 {
        var root = pin
        while pins[Int(root)].other != Self.none { root = pins[Int(root)].other }
        return pins[Int(root)].visitor
    }

    /// A catch-up lets go of its pin; returns the visitor at whom none stands any more, if there is one.
    mutating func release(_ pin: UInt32) -> UInt32 {
        var pin = pin
        while true {
            pins[Int(pin)].holders -= 1
            guard pins[Int(pin)].holders == 0 else { return Visitor.none }
            let (visitor, other) = (pins[Int(pin)].visitor, pins[Int(pin)].other)
            pins[Int(pin)].other = firstFree
            firstFree = pin
            count -= 1
            guard other != Self.none else {
                guard visitor != Visitor.none, standing[Int(visitor)] == pin + 1 else { return Visitor.none }
                standing[Int(visitor)] = 0
                return visitor
            }
            pin = other
        }
    }

    /// Moves the pin that stands at `visitor` on to `next`, or behind the last one.
    ///
    /// `joins` is false only where the tests plant that fault.
    mutating func move(from visitor: UInt32, to next: UInt32, joins: Bool = true) {
        let moved = standing[Int(visitor)] - 1
        standing[Int(visitor)] = 0
        pins[Int(moved)].visitor = next
        guard next != Visitor.none else { return }
        guard standing[Int(next)] != 0 else {
            standing[Int(next)] = moved + 1
            return
        }
        if joins { join(moved, standing[Int(next)] - 1, at: next) }
    }

    private mutating func join(_ one: UInt32, _ another: UInt32, at visitor: UInt32) {
        let isUnder = pins[Int(one)].rank <= pins[Int(another)].rank
        let (lower, upper) = isUnder ? (one, another) : (another, one)
        if pins[Int(lower)].rank == pins[Int(upper)].rank { pins[Int(upper)].rank += 1 }
        pins[Int(lower)].other = upper
        pins[Int(upper)].holders += 1
        pins[Int(upper)].visitor = visitor
        standing[Int(visitor)] = upper + 1
    }
}
