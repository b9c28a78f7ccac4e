import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct FiguresTests {
    @Test func countsHaveSeparators() {
        #expect(
            [0, 7, 999, 1_000, 12_345, 999_999, -5].map(Figures.count) == [
                "0", "7", "999", "1,000", "12,345", "999,999", "0",
            ])
        #expect(
            [1_000_000, 1_234_567, 99_949_999, 123_456_789, 5_000_000_000].map(Figures.count) == [
                "1.0M", "1.2M", "99.9M", "123M", "5.0G",
            ])
        #expect(Figures.grouped(1_002_003) == "1,002,003")
    }

    @Test func ratesAreShort() {
        let values = [
            0, 0.04, 0.4, 12.44, 99.94, 99.96, 812.3, 9_999.4, 12_345, 999_999, 1e9, -1, .nan, .infinity,
        ]
        let texts = [
            "0", "0.0", "0.4", "12.4", "99.9", "100", "812", "9999", "12.3k", "1.0M", "1.0G", "0", "0", "0",
        ]
        #expect(values.map(Figures.rate) == texts)
    }

    @Test func bytesAreBinary() {
        #expect(
            [0, 1_023, 1_024, 2_831_155, 1 << 30].map(Figures.bytes) == [
                "0B", "1023B", "1.0K", "2.7M", "1.0G",
            ])
    }

    @Test func agesAndUptimesAreRounded() {
        let seconds: [Int64] = [-5, 0, 1, 59, 60, 3_599, 3_600, 86_400, .max]
        #expect(seconds.map(Figures.age) == ["now", "now", "1s", "59s", "1m", "59m", "1h", "1d", "ages"])
        let uptimes = [0, 61, 754, 3_723, 273_845].map { Figures.uptime(seconds: $0) }
        #expect(uptimes == ["0:00", "1:01", "12:34", "1:02:03", "3d 04:04"])
    }

    @Test func coordinatesAreWhole() {
        let values = [0, 0.4, 811.6, -7, 99_999, 100_000, -9_999, -10_000, 1e308, -1e308, .nan]
        let texts = ["0", "0", "812", "-7", "99999", "1e5", "-9999", "-1e4", "1e308", "-1e308", "?"]
        #expect(values.map(Figures.coordinate) == texts)
    }

    @Test func nothingIsLongerThanItsColumn() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<3_000 {
            let bits = generator.next()
            let number = Int(truncatingIfNeeded: bits >> (bits & 63))
            let double = Double(bitPattern: bits)
            #expect(Figures.count(number).count <= 7)
            #expect(Figures.bytes(number).count <= 5)
            #expect(Figures.age(seconds: Int64(number)).count <= 6)
            #expect(Figures.rate(double).count <= 5)
            #expect(Figures.rate(Double(number)).count <= 5)
            #expect(Figures.coordinate(double).count <= 6)
        }
    }
}
