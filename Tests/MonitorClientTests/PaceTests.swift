import Testing

@testable import MonitorClient

/// How long the bytes of a picture are to last.
@Suite struct PaceTests {
    @Test func lessThanSixtyKibibytesASecondOnAUsualScreen() {
        #expect(Pace.nanoseconds(bytes: 58 * 256, columns: 120, rows: 40) == 250_000_000)
        #expect(Pace.nanoseconds(bytes: 58 * 256, columns: 40, rows: 10) == 250_000_000)
        #expect(Pace.nanoseconds(bytes: 0, columns: 120, rows: 40) == 0)
        // As many for each cell where there are more of them, and never so slow that nobody would follow.
        #expect(Pace.nanoseconds(bytes: 58 * 256, columns: 240, rows: 80) == 62_500_000)
        #expect(Pace.nanoseconds(bytes: 1 << 30, columns: 1_000, rows: 500) == Pace.longestNanoseconds)
    }
}
