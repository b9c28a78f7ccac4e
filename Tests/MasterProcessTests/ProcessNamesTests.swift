import Testing

@testable import MasterProcess

/// What `/metrics` calls the processes of workers, of which several can have one number for a while.
@Suite struct ProcessNamesTests {
    @Test func eachHasANameOfItsOwn() {
        #expect(Master.processNames(of: [(1, true), (2, true)]) == ["worker-1", "worker-2"])
        #expect(
            Master.processNames(of: [(1, false), (1, true), (1, false), (2, false), (2, false), (3, true)])
                == ["worker-1-2", "worker-1", "worker-1-3", "worker-2", "worker-2-2", "worker-3"])
        for states in [
            [false, false, false], [true, true, false], [true, true, true], [false, true, true],
        ] {
            let names = Master.processNames(of: states.map { (7, $0) })
            #expect(Set(names).count == 3 && names.contains("worker-7"), "\(states): \(names)")
        }
    }
}
