import TestSupport
import Testing

@testable import BroadcastHub

/// Pins that catch-ups share, against a list in which every catch-up's place is moved by hand.
@Suite struct CatchUpPinsTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyoneStandsWhereTheyWould(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let visitorCount = 3 + random.below(10)
        var pins = CatchUpPins(visitors: visitorCount)
        /// The visitors in their order, and for each catch-up its pin and where it must stand.
        var list = (0..<visitorCount).map { UInt32($0) }
        var held: [(pin: UInt32, visitor: UInt32)] = []
        var flagged: Set<UInt32> = []
        for _ in 0..<600 {
            switch random.below(4) {
            case 0 where held.count < 30:
                let visitor = random.pick(list)
                held.append((pins.hold(at: visitor), visitor))
                flagged.insert(visitor)
            case 1 where !held.isEmpty:
                let gone = held.remove(at: random.below(held.count))
                let left = pins.release(gone.pin)
                #expect(left == Visitor.none || left == gone.visitor)
                if left != Visitor.none { flagged.remove(left) }
            default:
                let place = random.below(list.count)
                let visitor = list.remove(at: place)
                let next = place < list.count ? list[place] : Visitor.none
                list.append(visitor)
                guard flagged.remove(visitor) != nil else { continue }
                pins.move(from: visitor, to: next)
                if next != Visitor.none { flagged.insert(next) }
                for index in held.indices where held[index].visitor == visitor { held[index].visitor = next }
            }
            for (pin, visitor) in held { #expect(pins.visitor(of: pin) == visitor) }
            // Those at whom one stands, and no others, have to be watched.
            #expect(flagged == Set(held.map(\.visitor)).subtracting([Visitor.none]))
        }
        for (pin, _) in held { _ = pins.release(pin) }
        #expect(pins.count == 0)
    }

    @Test func thousandsThatMeetAreOneAtOnce() {
        let count = 4_096
        var pins = CatchUpPins(visitors: count)
        let held = (0..<count).map { pins.hold(at: UInt32($0)) }
        // Each visitor moves away, and who stood there joins those who stand at the next one.
        for visitor in 0..<(count - 1) { pins.move(from: UInt32(visitor), to: UInt32(visitor + 1)) }
        for pin in held { #expect(pins.visitor(of: pin) == UInt32(count - 1)) }
        pins.move(from: UInt32(count - 1), to: Visitor.none)
        for pin in held { #expect(pins.visitor(of: pin) == Visitor.none) }
        for pin in held { _ = pins.release(pin) }
        #expect(pins.count == 0)
    }
}
