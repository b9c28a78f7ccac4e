/// A visitor's rate as an order goes by it: another one only once it is quite another.
///
/// It rises as soon as the rate is a good deal higher, and falls when it has been a good deal lower for a
/// while: hands rest for a moment all the time.
struct HeldRate: Sendable {
    /// Of whom: a slot is somebody else's in time.
    private(set) var serial: UInt32
    /// Samples a second.
    private(set) var rate: Double
    /// The last second in which the rate was not a good deal lower.
    private var confirmedSecond: Int64

    init(serial: UInt32, rate: Double, second: Int64) {
        self.serial = serial
        self.rate = rate
        confirmedSecond = second
    }

    /// Takes in the rate of a second that is over.
    mutating func take(_ now: Double, second: Int64) {
        let isHigher = now > rate * LiveModelLimits.higherRate + 1
        let isLower = now < rate * LiveModelLimits.lowerRate
        if !isLower { confirmedSecond = second }
        if isHigher || isLower && second - confirmedSecond >= LiveModelLimits.lowerRateSeconds {
            rate = now
            confirmedSecond = second
        }
    }
}

extension LiveModel {
    /// Brings the rates that orders go by to the last second that is over, once.
    mutating func holdRates() {
        let second = lastFullSecond
        guard second != heldSecond else { return }
        heldSecond = second
        for slot in 0..<visitors.slotsInUse where visitors.isInUse(slot) {
            let (serial, rate) = (visitors[slot].serial, rate(of: slot))
            while heldRates.count <= slot {
                heldRates.append(HeldRate(serial: serial &- 1, rate: 0, second: second))
            }
            if heldRates[slot].serial == serial {
                heldRates[slot].take(rate, second: second)
            } else {
                heldRates[slot] = HeldRate(serial: serial, rate: rate, second: second)
            }
        }
    }

    /// What an order goes by for the visitor in `slot`: the rate of now where none is held.
    @inline(__always)
    func heldRate(of slot: Int) -> Double {
        guard slot < heldRates.count, heldRates[slot].serial == visitors[slot].serial else {
            return rate(of: slot)
        }
        return heldRates[slot].rate
    }
}
