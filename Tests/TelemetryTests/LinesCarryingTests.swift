import ByteCore
import TestSupport
import Testing

@testable import Telemetry

/// Lines that a successor goes on with, under the numbers that they have.
struct LinesCarryingTests {
    private func add(_ line: String, to ring: inout LineRing) {
        Array(line.utf8).withUnsafeBytes { ring.add($0) }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 7]) func numbersGoOn(_ count: Int) throws {
        var ring = LineRing(lineLimit: 3, byteLimit: 100)
        for number in 0..<count { add("line \(number)", to: &ring) }
        let record = ring.carried
        #expect(faultOfReading(record) == nil)
        var next = LineRing(lineLimit: 3, byteLimit: 100)
        next.take(try #require(handedOver(record)))
        for step in 0..<5 {
            let (oldest, first) = (next.oldest, ring.oldest)
            #expect(oldest == first)
            for number in first...(first + 4) {
                let (one, other) = (next[number], ring[number])
                #expect(one == other, "after \(step) more, line \(number)")
            }
            add("more \(step)", to: &ring)
            add("more \(step)", to: &next)
        }
    }

    @Test func linesWithoutNumbersAreRefused() {
        var record = CarriedLines()
        record.next = 1
        record.lines = [CarriedText([1]), CarriedText([2])]
        #expect(handedOver(record) == nil)
    }

    @Test func theNewestLinesOfTheLogAreShownOn() {
        var ring = LogRing()
        for number in 0..<30 { Array("{\"n\":\(number)}\n".utf8).withUnsafeBytes { ring.add($0) } }
        var next = LogRing()
        next.take(ring.carried)
        var one = ByteBuffer()
        var other = ByteBuffer()
        ring.append(to: &one, limit: 10_000)
        next.append(to: &other, limit: 10_000)
        let (before, after) = (Array(one.readable), Array(other.readable))
        #expect(before == after && before.count > 24 * 8)
    }

    @Test func halfALineIsEndedByTheSuccessor() {
        var spoken = SpokenLines()
        Array("whole\nha".utf8).withUnsafeBytes { spoken.take($0, now: 0) { _ in } }
        var next = SpokenLines(spoken.carried)
        var said: [String] = []
        Array("lf\n".utf8).withUnsafeBytes { next.take($0, now: 0) { said.append($0.text) } }
        #expect(said == ["half"])
    }
}
