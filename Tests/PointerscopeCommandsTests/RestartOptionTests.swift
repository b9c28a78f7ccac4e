import PosixIO
import SupervisorCore
import Testing

@testable import PointerscopeCommands

/// When a worker is given up, and when one is replaced.
@Suite struct RestartOptionTests {
    private func values(_ arguments: [String]) throws -> OptionValues {
        let outcome = try OptionParser(command: .serve).parse(arguments: arguments, environment: [:]) {
            _ throws(UnreadableFile) in ""
        }
        guard case .run(let values) = outcome else { throw UsageError(message: "help", exitStatus: .success) }
        return values
    }

    private func refusal(_ arguments: [String]) -> String? {
        do {
            _ = try values(arguments)
            return nil
        } catch { return (error as? UsageError)?.message }
    }

    @Test func whoIsGivenUpAndWhoIsReplaced() throws {
        #expect(RestartPolicy(try values([])) == .standard)
        let policy = RestartPolicy(
            try values(["--max-restarts", "0", "--min-uptime=1500ms", "--max-memory-restart", "300M"]))
        #expect(
            policy
                == RestartPolicy(
                    maxRestarts: 0, minUptimeNanoseconds: 1_500_000_000, maxMemoryBytes: 300 << 20))
        for (text, bytes) in [("0", 0), ("16M", 16 << 20), ("1G", 1 << 30), ("20000000", 20_000_000)] {
            let read = RestartPolicy(try values(["--max-memory-restart=\(text)"])).maxMemoryBytes
            #expect(read == UInt64(bytes))
        }
        let wrong = [
            "max-restarts": ["", "-1", "+1", "1.5", "1001", "many"],
            // PM2's milliseconds.
            "min-uptime": ["", "0", "1000", "11m", "soon"],
            "max-memory-restart": ["", "15M", "1", "-1", "0G", "2000G", "1T", "300MB"],
        ]
        for (name, texts) in wrong {
            for text in texts {
                #expect(
                    refusal(["--\(name)=\(text)"])?.contains("--\(name)") == true, "\(name)=\(text)")
            }
        }
    }
}
