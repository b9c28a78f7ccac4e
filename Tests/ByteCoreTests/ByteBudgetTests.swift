import ByteCore
import Testing

@Suite struct ByteBudgetTests {
    @Test func whatDoesNotFitIsNotTaken() {
        let budget = ByteBudget(limit: 100)
        #expect(budget.take(60) && !budget.take(41) && budget.held == 60)
        #expect(budget.take(40) && budget.held == 100 && budget.take(0) && !budget.take(1))
        budget.giveBack(100)
        #expect(budget.takeMost() == 100 && budget.most == 0 && budget.takeMost() == 0)
        #expect(budget.held == 0 && budget.hasRoom(for: 100) && !budget.hasRoom(for: 101))
    }

    @Test func aPartIsTakenOfTheWhole() {
        let whole = ByteBudget(limit: 100)
        let part = ByteBudget(limit: 30, within: whole)
        #expect(part.take(30) && whole.held == 30)
        #expect(!part.take(1) && whole.take(70))
        part.giveBack(10)
        #expect(whole.held == 90 && whole.take(10))
        // The part has room, the whole has none.
        #expect(!part.take(1) && part.held == 20 && whole.held == 100)
    }
}
