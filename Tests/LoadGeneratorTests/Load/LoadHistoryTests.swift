import Testing

@testable import LoadGenerator

@Suite struct LoadHistoryTests {
    @Test func nothingIsLeftOutWhenTwoPointsBecomeOne() {
        var history = LoadHistory()
        var point = LoadPoint()
        point.sent = 1
        for second in 1...(LoadLimits.historyPoints * 5) {
            history.append(point)
            let sum = history.points.reduce(0) { $0 + $1.sent }
            #expect(Int(sum) == second / history.secondsPerPoint * history.secondsPerPoint)
            #expect(history.points.count <= LoadLimits.historyPoints)
        }
        #expect(history.secondsPerPoint == 8)
    }
}

@Suite struct FaultTableTests {
    @Test func moreKindsThanThereIsRoomForAreCountedAllTheSame() {
        var table = FaultTable()
        for code in 0..<Int32(LoadLimits.faultKinds + 26) { table.add(Fault(.closed, 3000 + code)) }
        #expect(table.entries.count == LoadLimits.faultKinds)
        #expect(table.entries.reduce(0) { $0 + $1.count } == table.total)
    }
}
