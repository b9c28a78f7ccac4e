import PosixIO
import Testing

@testable import LoadGenerator

@Suite struct BenchmarkOptionsTests {
    private let needed = ["--ingest", "127.0.0.1:1", "--http", "127.0.0.1:2"]

    @Test func readsEveryOption() throws {
        let options = try BenchmarkOptions(
            parsing: needed + [
                "--path", "/receive/x", "--connections", "7", "--rate", "max", "--seconds", "0.5",
                "--warm-up", "0", "--drain", "3", "--viewers", "0", "--slow-viewers", "2",
                "--stalled-viewers", "1", "--seed", "9",
            ])
        #expect(options.ingest.port == 1 && options.http.port == 2)
        #expect(options.path == "/receive/x" && options.connections == 7 && options.rate == .unpaced)
        #expect(options.seconds == 0.5 && options.warmUpSeconds == 0 && options.drainSeconds == 3)
        #expect(options.viewers == 0 && options.slowViewers == 2 && options.stalledViewers == 1)
        #expect(options.seed == 9)
        #expect(try BenchmarkOptions(parsing: needed + ["--rate", "12"]).rate == .perSecond(12))
    }

    @Test func saysWhatIsWrong() {
        func complaint(_ arguments: [String]) -> String? {
            do throws(BenchmarkOptions.UsageError) {
                _ = try BenchmarkOptions(parsing: arguments)
                return nil
            } catch {
                return error.text
            }
        }
        #expect(complaint(needed) == nil)
        #expect(complaint([]) == "--ingest is missing")
        #expect(complaint(["--ingest", "here", "--http", "x"]) == "--ingest takes HOST:PORT, not here")
        #expect(complaint(needed + ["--fast"]) == "unknown option --fast")
        #expect(complaint(needed + ["--rate"]) == "--rate needs a value")
        #expect(complaint(needed + ["--seed", "1", "--seed", "1"]) == "--seed was given twice")
        #expect(complaint(needed + ["--rate", "0"]) == "--rate takes a number from 1 to 10000000, not 0")
        #expect(complaint(needed + ["--seconds", "-1"]) == "--seconds takes seconds, at most 3600, not -1")
        #expect(complaint(needed + ["--path", "x"]) == "--path begins with a slash")
        #expect(complaint(needed + ["--seconds", "nan"]) != nil)
    }
}
