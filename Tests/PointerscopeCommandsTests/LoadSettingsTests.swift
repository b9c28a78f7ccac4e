import LoadGenerator
import PosixIO
import Testing

@testable import PointerscopeCommands

@Suite struct LoadSettingsTests {
    private func settings(_ arguments: [String]) throws(UsageError) -> LoadSettings {
        let outcome = try OptionParser(command: .load).parse(
            arguments: arguments, environment: [:], readFile: { _ in "" })
        guard case .run(let values) = outcome else {
            throw UsageError(message: "help", exitStatus: .usage)
        }
        return try LoadSettings(values)
    }

    private func complaint(_ arguments: String...) -> String? {
        do throws(UsageError) {
            _ = try settings(arguments)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func readsAPlan() throws {
        let plan = try settings([
            "127.0.0.1:9", "--visitors", "7", "--rate", "2.5", "--duration", "2m", "--ramp", "500ms",
            "--churn", "0.5",
            "--motion", "circle", "--batch", "3", "--coalesce", "4", "--viewer", "127.0.0.1:10", "--viewers",
            "2",
            "--viewer-rate", "64K", "--warm-up", "1", "--settle", "3s", "--pid", "12", "--seed", "5",
            "--source",
            "127.0.0.2", "--source", "127.0.0.3", "--processes", "2", "--require", "p99<50ms,lost=0",
        ]).plan
        #expect(plan.visitors == 7 && plan.rate == .perVisitor(milliHertz: 2500))
        #expect(plan.durationSeconds == 120 && plan.rampSeconds == 0.5 && plan.churnPerSecond == 0.5)
        #expect(plan.motion == .circle && plan.batch == 3 && plan.coalesce == 4)
        #expect(plan.viewer?.path == "/receive/load" && plan.viewers == 2)
        #expect(plan.viewerBytesPerSecond == 65_536 && plan.warmUpSeconds == 1 && plan.settleSeconds == 3)
        #expect(plan.serverPid == 12 && plan.seed == 5 && plan.sources.count == 2 && plan.processes == 2)
        #expect(plan.requirements.map(\.text) == ["p99<50ms", "lost=0"])
        #expect(try settings(["--rate", "max"]).plan.rate == .unpaced)
        #expect(try settings(["--rate", "asked", "--protocol", "v1"]).plan.rate == .asked)
        #expect(try settings(["--motion", "a.jsonl"]).plan.rate == .natural)
        #expect(
            try settings(["--motion", "a.jsonl", "--rate", "5"]).plan.rate == .perVisitor(milliHertz: 5000))
        #expect(try settings([]).plan.rate == .perVisitor(milliHertz: 10_000))
        let drain = ["--mode", "drain", "--pid", "12"]
        let rested = try settings(drain + ["--rounds", "5", "--rest", "150ms"]).plan
        #expect(rested.rounds == 5 && rested.restSeconds == 0.15 && !rested.isShort)
        #expect(try settings(drain + ["--sample", "short"]).plan.isShort)
        #expect(try settings(drain).plan.rounds == nil && settings(drain).plan.restSeconds == 0)
    }

    @Test func saysWhatDoesNotGoTogether() {
        #expect(complaint("--viewers", "2")?.contains("needs --viewer") == true)
        #expect(complaint("--mode", "drain")?.contains("needs --pid") == true)
        #expect(complaint("--mode", "drain", "--pid", "1", "--coalesce", "32")?.contains("--queue") == true)
        #expect(complaint("--sample", "short")?.contains("--mode drain") == true)
        let inV1 = complaint("--mode", "drain", "--pid", "1", "--sample", "short", "--protocol", "v1")
        #expect(inV1?.contains("json") == true)
        #expect(complaint("--batch", "800", "--coalesce", "1024")?.contains("4096") == true)
        #expect(complaint("--rate", "natural", "--motion", "random")?.contains("natural") == true)
        #expect(complaint("--rate", "asked")?.contains("--protocol v1") == true)
        #expect(
            complaint("--rate", "asked", "--protocol", "v1", "--batch", "3")?.contains("--batch") == true)
        #expect(complaint("--visitors", "0")?.contains("nothing to do") == true)
        #expect(complaint("--duration", "0")?.contains("above 0") == true)
        #expect(complaint("--require", "cpu<50%")?.contains("--pid") == true)
        #expect(complaint("192.0.2.1:80")?.contains("--i-own-this-server") == true)
        #expect(complaint("192.0.2.1:80", "--i-own-this-server") == nil)
    }

    @Test func wordsAreRead() {
        #expect(LoadWords.seconds("90") == 90 && LoadWords.seconds("1.5s") == 1.5)
        #expect(LoadWords.seconds("250ms") == 0.25 && LoadWords.seconds("2h") == 7200)
        for text in ["", "s", "-1s", "1d", "25h", "1e3", "nan", "0x10"] {
            #expect(LoadWords.seconds(text) == nil)
        }
        #expect(LoadWords.bytes("1M") == 1_048_576 && LoadWords.bytes("9") == 9)
        for text in ["", "K", "0", "-1", "1.5K", "9G"] { #expect(LoadWords.bytes(text) == nil) }
        #expect(LoadWords.rate("0.0001") == nil && LoadWords.rate("1e9") == nil)
        #expect(LoadWords.source("::1") != nil && LoadWords.source("nowhere") == nil)
    }
}
