import TestSupport

@testable import RateControl

/// Visitors who sample as they were last told, a network's delay after they were told. One in ten speaks
/// JSON, cannot be told, and samples as it likes.
struct SimulatedCrowd {
    private struct Message {
        var visitor: Int
        var sampling: Sampling
    }

    /// What each visitor does; nil of those who cannot be told.
    private(set) var told: [Sampling?] = []
    /// How many those are.
    private var stubborn = 0
    /// What is on its way, by the tick in which it arrives.
    private var underway: [Int64: [Message]] = [:]
    private var newest = Sampling(rate: 0, batchMilliseconds: 1000)
    /// The share of them that move at a time.
    let activity = 0.3
    private var rates = 0
    private var batches = 0.0

    init(random: inout SplitMix64) {
        for _ in 0..<1000 { append(&random) }
    }

    private static let json = Sampling(rate: 20, batchMilliseconds: 50)

    private mutating func append(_ random: inout SplitMix64) {
        let sampling = random.once(in: 10) ? nil : newest
        told.append(sampling)
        if sampling == nil { stubborn += 1 }
        count(sampling ?? Self.json, 1)
    }

    private mutating func count(_ sampling: Sampling, _ difference: Int) {
        rates += difference * Int(sampling.rate)
        // Who samples nothing sends nothing to speak of.
        let messages = sampling.rate == 0 ? 0 : 1000 / Double(sampling.batchMilliseconds)
        batches += Double(difference) * messages
    }

    var samplesPerSecond: Double { Double(rates) * activity }
    var messagesPerSecond: Double { batches * activity }

    /// What it would be if all who can be told sampled so often.
    func samplesPerSecond(at rate: Int) -> Double {
        Double((told.count - stubborn) * rate + stubborn * Int(Self.json.rate)) * activity
    }

    func messagesPerSecond(each milliseconds: Double) -> Double {
        let others = Double(stubborn) * 1000 / Double(Self.json.batchMilliseconds)
        return (Double(told.count - stubborn) * 1000 / milliseconds + others) * activity
    }

    /// Sends everyone word, which arrives within 20 to 400 ms.
    mutating func tell(_ sampling: Sampling, _ random: inout SplitMix64, now: Int64) {
        newest = sampling
        for visitor in told.indices where told[visitor] != nil {
            let delay = Int64(20 + random.below(random.once(in: 10) ? 380 : 100)) * millisecond
            underway[(now + delay) / RateWorld.tick + 1, default: []].append(
                Message(visitor: visitor, sampling: sampling))
        }
    }

    mutating func receive(now: Int64) {
        for message in underway.removeValue(forKey: now / RateWorld.tick) ?? [] {
            // On one connection words do not overtake each other: what is newer by now stands.
            guard message.visitor < told.count, let before = told[message.visitor] else { continue }
            let sampling = message.sampling == newest ? message.sampling : before
            count(before, -1)
            count(sampling, 1)
            told[message.visitor] = sampling
        }
    }

    /// Some come or go, who know what holds from the welcome.
    mutating func resize(_ random: inout SplitMix64, now: Int64) {
        let wanted = 500 + random.below(1000)
        while told.count > wanted {
            let sampling = told.removeLast()
            if sampling == nil { stubborn -= 1 }
            count(sampling ?? Self.json, -1)
        }
        while told.count < wanted { append(&random) }
    }
}
