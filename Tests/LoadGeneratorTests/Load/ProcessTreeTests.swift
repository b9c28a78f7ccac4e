import Glibc
import Testing

@testable import LoadGenerator

@Suite struct ProcessTreeTests {
    /// What a child has spent stays in the sum when it has ended and was waited for.
    @Test func whatEndedStaysCounted() {
        func spent(_ who: __rusage_who_t) -> Int64 {
            var usage = rusage()
            _ = getrusage(who, &usage)
            let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
            let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
            return Int64(seconds) * 1_000_000_000 + Int64(microseconds) * 1000
        }
        #expect(system("i=0; while [ $i -lt 2000000 ]; do i=$((i+1)); done") == 0)
        let (own, ended) = (spent(RUSAGE_SELF.rawValue), spent(RUSAGE_CHILDREN.rawValue))
        #expect(ended >= 50_000_000)
        // Two times in ticks of 10 ms, of user and system each.
        #expect(ProcessTree.cpuNanoseconds(of: [getpid()]) >= own + ended - 40_000_000)
    }

    @Test func aMeterStopsCountingAtTheEnd() throws {
        let meter = ProcessMeter(ProcessTree(root: getpid()))
        meter.begin(at: 0)
        #expect(meter.meanShare == nil)
        meter.end(at: 1_000_000_000)
        let share = meter.meanShare
        #expect(meter.elapsedNanoseconds == 1_000_000_000 && meter.peakBytes > 0)
        meter.sample(at: 9_000_000_000)
        #expect(meter.elapsedNanoseconds == 1_000_000_000 && meter.meanShare == share)
    }

    @Test func nobodyIsThere() {
        // A process number that no process has: larger than any that the kernel gives.
        let meter = ProcessMeter(ProcessTree(root: 1 << 30))
        meter.begin(at: 0)
        meter.end(at: 1_000_000_000)
        #expect(meter.meanShare == nil && meter.share == nil && meter.residentBytes == nil)
    }
}
