import PosixIO
import Testing

@testable import PointerscopeCommands

/// Files that a service manager brings.
@Suite struct CredentialTests {
    private func values(
        _ arguments: [String] = [], _ environment: [String: String] = [:], file: String = "",
        there: Set<String> = ["/run/c/jwt-key"]
    ) throws -> OptionValues {
        let outcome = try OptionParser(command: .serve).parse(
            arguments: ["--config", "conf"] + arguments,
            environment: ["CREDENTIALS_DIRECTORY": "/run/c"].merging(environment) { $1 },
            readFile: { _ throws(UnreadableFile) in file }, isThere: { there.contains($0) })
        guard case .run(let values) = outcome else { throw UsageError(message: "help", exitStatus: .success) }
        return values
    }

    @Test func aCredentialStandsInForAFileThatNobodyNames() throws {
        let values = try values()
        #expect(values["jwt-key"] == "/run/c/jwt-key" && values.isGiven("jwt-key"))
        #expect(values.origin(of: "jwt-key") == "credential jwt-key" && !values.isFromFile("jwt-key"))
    }

    @Test func whoeverNamesAFileIsHeard() throws {
        #expect(try values(["--jwt-key", "flag"])["jwt-key"] == "flag")
        #expect(try values([], ["POINTERSCOPE_JWT_KEY": "variable"])["jwt-key"] == "variable")
        #expect(try values(file: "jwt-key = line\n")["jwt-key"] == "line")
    }

    @Test func nothingElseIsACredential() throws {
        #expect(try values(there: [])["jwt-key"] == nil)
        #expect(try values([], ["CREDENTIALS_DIRECTORY": "c"], there: ["c/jwt-key"])["jwt-key"] == nil)
        // What is no secret is said, and not found lying about.
        #expect(try values(there: ["/run/c/log", "/run/c/config"])["log"] == nil)
    }

    @Test func whoCanReadACredentialIsTheManagersToAnswerFor() {
        let environment = ["CREDENTIALS_DIRECTORY": "/run/c"]
        #expect(Credential.isKept("/run/c/token-file", environment))
        #expect(!Credential.isKept("/run/cc/token-file", environment))
        #expect(!Credential.isKept("/run/c/token-file", [:]))
    }
}
