import Testing

@testable import LoadGenerator

@Suite struct RequirementTests {
    private func reason(_ text: String) -> String? {
        do throws(Requirement.ParseError) {
            _ = try Requirement.parsing(text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func readsConditions() throws {
        let conditions = try Requirement.parsing(
            "p99<50ms, lost=0,rate>=5k,generator<90%,memory<=200MiB,max<1.5s")
        #expect(conditions.map(\.figure) == [.p99, .lost, .rate, .generator, .memory, .max])
        #expect(conditions.map(\.bound) == [50e6, 0, 5000, 0.9, 200 * 1_048_576, 1.5e9])
        #expect(conditions.map(\.comparison) == [.below, .equal, .atLeast, .below, .atMost, .below])
        #expect(try Requirement.parsing("p99.9<200us")[0].bound == 200_000)
        #expect(try Requirement.parsing("p95<200µs")[0].figure == .p95)
    }

    @Test func judges() throws {
        func isMet(_ text: String, _ value: Double) throws -> Bool {
            try Requirement.parsing(text)[0].isMet(by: value)
        }
        #expect(try isMet("p99<50ms", 49_999_999))
        #expect(try !isMet("p99<50ms", 50_000_000))
        #expect(try isMet("p99<=50ms", 50_000_000))
        #expect(try isMet("rate>=5000", 5000))
        #expect(try !isMet("rate>5000", 5000))
        #expect(try isMet("lost=0", 0))
        #expect(try !isMet("lost=0", 1))
    }

    @Test func whatIsNotKnownMeetsNothing() throws {
        for comparison in ["<", "<=", "=", ">=", ">"] {
            #expect(!(try Requirement.parsing("p99\(comparison)1s")[0].isMet(by: .nan)))
        }
        var plan = LoadPlan(
            target: try LoadTarget(parsing: "127.0.0.1", scheme: "ws", defaultPort: 1, defaultPath: "/"))
        plan.requirements = try Requirement.parsing(
            "p99>1s,handshake-p50>=0ns,lag-p99>0ns,cpu>=0,memory>=0,lost=0")
        var report = LoadReport(plan: plan)
        #expect(report.verdicts.map { $0.outcome == .passed } == [false, false, false, false, false, true])
        #expect(report.verdicts[0].value == "not known")
        report.isArrivalKnown = false
        #expect(report.verdicts.map { $0.outcome == .passed } == [false, false, false, false, false, false])
        report.serverPeakBytes = 2 << 20
        report.plan.requirements = try Requirement.parsing("memory=2MiB")
        #expect(report.meetsRequirements && report.verdicts[0].value == "2.0 MiB")
    }

    @Test func saysWhatIsWrong() {
        #expect(reason("p99")?.contains("compares nothing") == true)
        #expect(reason("p98<1ms")?.contains("no figure") == true)
        #expect(reason("p99<50")?.contains("a time") == true)
        #expect(reason("lost=none")?.contains("a number") == true)
        #expect(reason("p99<50ms,")?.contains("compares nothing") == true)
        #expect(reason("rate>=-1") != nil)
        #expect(reason("p99<nanms") != nil)
        #expect(reason("p99<=1e308s") != nil)
    }

    @Test func whatCannotBeJudgedIsSaidBefore() throws {
        var plan = LoadPlan(
            target: try LoadTarget(parsing: "127.0.0.1", scheme: "ws", defaultPort: 1, defaultPath: "/"))
        plan.requirements = try Requirement.parsing("p99<1s")
        #expect(plan.unjudgeable?.contains("--viewer") == true)
        plan.viewers = 1
        #expect(plan.unjudgeable == nil)
        plan.requirements = try Requirement.parsing("cpu<50%")
        #expect(plan.unjudgeable?.contains("--pid") == true)
    }
}
