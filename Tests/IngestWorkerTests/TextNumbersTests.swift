import Testing

@testable import IngestWorker

@Suite struct TextNumbersTests {
    private func lookUp(_ table: inout TextNumbers, _ path: String) -> TextNumbers.Lookup {
        Array(path.utf8).withUnsafeBytes { table.lookUp($0) }
    }

    @Test func aPathCrossesOnce() {
        var table = TextNumbers(seed: 1)
        #expect(lookUp(&table, "/") == .new(0))
        #expect(lookUp(&table, "/") == .known(0))
        #expect(lookUp(&table, "/about") == .new(1))
        #expect(lookUp(&table, "") == .new(2))
        #expect(lookUp(&table, "/about") == .known(1))
    }

    @Test func atTheLimitTheOldestIndexIsGivenAway() {
        var table = TextNumbers(seed: 1, limit: 3)
        for (index, path) in ["/a", "/b", "/c"].enumerated() {
            #expect(lookUp(&table, path) == .new(UInt32(index)))
        }
        #expect(lookUp(&table, "/d") == .new(0))
        #expect(lookUp(&table, "/b") == .known(1))
        #expect(lookUp(&table, "/a") == .new(1))
        #expect(lookUp(&table, "/b") == .new(2))
        #expect(lookUp(&table, "/d") == .known(0))
    }
}
