import Testing

@testable import MasterProcess

@Suite struct DescriptorBudgetTests {
    @Test func everythingFitsIntoTheLimit() throws {
        for workers in [1, 2, 8, 64, 256] {
            let least = DescriptorBudget.least(workers: workers)
            #expect(DescriptorBudget(limit: least - 1, workers: workers) == nil)
            for limit in [least, least + 7, 1024, 4096, 20_000, 1_048_576] where limit >= least {
                let budget = try #require(DescriptorBudget(limit: limit, workers: workers))
                #expect(budget.waitingPerWorker >= 1 && budget.waitingPerWorker <= 1024)
                #expect(budget.httpConnections >= 16 && budget.httpConnections <= 8192)
                #expect(budget.viewers < budget.httpConnections && budget.viewers > 0)
                let given = budget.httpConnections + budget.waitingPerWorker * workers
                #expect(DescriptorBudget.reserved(workers: workers) + given <= limit)
            }
        }
    }
}
