/// A natural number in decimal digits, as slow as it is obvious: the judge of the fast ones.
struct BigDecimal: Equatable {
    /// Nine digits each, the lowest first.
    private var limbs: [UInt64]

    init(_ value: UInt64) {
        limbs = []
        var rest = value
        repeat {
            limbs.append(rest % 1_000_000_000)
            rest /= 1_000_000_000
        } while rest > 0
    }

    /// Multiplies by a factor of up to 32 bits, `times` times.
    mutating func multiply(by factor: UInt64, times: Int = 1) {
        for _ in 0..<times {
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = limbs[index] * factor + carry
                limbs[index] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            while carry > 0 {
                limbs.append(carry % 1_000_000_000)
                carry /= 1_000_000_000
            }
        }
    }

    mutating func addOne() {
        var index = 0
        while index < limbs.count {
            limbs[index] += 1
            guard limbs[index] == 1_000_000_000 else { return }
            limbs[index] = 0
            index += 1
        }
        limbs.append(1)
    }

    mutating func subtractOne() {
        var index = 0
        while limbs[index] == 0 {
            limbs[index] = 999_999_999
            index += 1
        }
        limbs[index] -= 1
    }

    /// The digits without zeros in front.
    var digits: String {
        var text = ""
        for limb in limbs.reversed() {
            let part = String(limb)
            text += text.isEmpty ? part : String(repeating: "0", count: 9 - part.count) + part
        }
        return String(text.drop { $0 == "0" })
    }

    static func < (left: BigDecimal, right: BigDecimal) -> Bool {
        let (a, b) = (left.digits, right.digits)
        return a.count == b.count ? a < b : a.count < b.count
    }
}
