import Testing

@testable import LoadGenerator

/// How often a visitor samples and speaks that does what it is asked.
@Suite struct AskedPaceTests {
    private static let second: Int64 = 1_000_000_000

    /// Samples of all messages of so many seconds, and how many messages there were.
    private func run(_ pace: inout AskedPace, seconds: Int64, from begin: Int64 = 0) -> (
        samples: [Int64], messages: Int
    ) {
        var samples: [Int64] = []
        var messages = 0
        while pace.nextMessage < begin + seconds * Self.second {
            let due = pace.nextMessage
            while let sample = pace.takeSample(before: due) {
                #expect(sample <= due && sample > samples.last ?? -1)
                samples.append(sample)
            }
            messages += 1
            pace.endMessage(due)
            #expect(pace.nextMessage > due)
        }
        return (samples, messages)
    }

    @Test(arguments: [(UInt8(60), UInt32(50)), (30, 50), (10, 250), (120, 16), (1, 1000), (255, 1)])
    func asOftenAsIsAsked(rate: UInt8, batch: UInt32) {
        var pace = AskedPace()
        pace.ask(for: rate, every: batch)
        pace.begin(at: 0, phase: 0)
        let found = run(&pace, seconds: 10)
        // The last message may stand for less than all of its time.
        #expect(abs(found.samples.count - 10 * Int(rate)) <= Int(rate) * Int(batch) / 1000 + 1)
        #expect(abs(found.messages - 10_000 / Int(batch)) <= 1)
    }

    @Test func whoIsAskedForNothingStillComesBy() {
        var pace = AskedPace()
        pace.ask(for: 0, every: 1000)
        pace.begin(at: 0, phase: 0.5)
        let found = run(&pace, seconds: 10)
        #expect(found.samples.isEmpty && found.messages == 10)
    }

    /// A server that says no time between messages does not make the generator spin.
    @Test func noTimeIsSome() {
        var pace = AskedPace()
        pace.ask(for: 60, every: 0)
        pace.begin(at: 0, phase: 0)
        #expect(run(&pace, seconds: 1).messages == 1000)
    }

    @Test func phasesKeepVisitorsApart() {
        var begins: Set<Int64> = []
        for step in 0..<10 {
            var pace = AskedPace()
            pace.ask(for: 20, every: 50)
            pace.begin(at: Self.second, phase: Double(step) / 10)
            begins.insert(pace.nextMessage)
            #expect(pace.nextMessage >= Self.second && pace.nextMessage < Self.second + 50_000_000)
        }
        #expect(begins.count == 10)
    }

    /// What a message has no room for is left out; the next one has what is new.
    @Test func whatDoesNotFitIsLeftOut() {
        var pace = AskedPace()
        pace.ask(for: 100, every: 1000)
        pace.begin(at: 0, phase: 0)
        pace.endMessage(5 * Self.second)
        #expect(pace.nextMessage == 6 * Self.second)
        #expect(pace.takeSample(before: 5 * Self.second) == nil)
        #expect(pace.takeSample(before: 6 * Self.second) == 5 * Self.second + 1)
    }

    @Test func placesForNextConnections() {
        var next = NextConnections(behind: 100, count: 2)
        #expect(next.count == 2 && !next.areUsed)
        let (first, second) = (next.take(for: 7), next.take(for: 9))
        #expect(first == 100 && second == 101 && next.take(for: 11) == nil)
        #expect(next.visitor(of: 100) == 7 && next.visitor(of: 101) == 9)
        #expect(next.isMaking(7) && next.isMaking(9) && !next.isMaking(11))
        next.release(100)
        next.release(100)
        #expect(next.areUsed && !next.isMaking(7) && next.take(for: 11) == 100)
        next.release(100)
        next.release(101)
        #expect(!next.areUsed)
    }
}
