import AccessControl
import MasterProcess
import PosixIO
import Testing
import ViewerGateway

@testable import PointerscopeCommands

/// Who is let in by `serve`: what is the default, and what is refused with the mend.
@Suite struct PeopleOptionTests {
    private func settings(
        _ arguments: [String], file: String? = nil, environment: [String: String] = ["HOME": "/h/ann"]
    ) throws -> ServeSettings {
        let outcome = try OptionParser(command: .serve).parse(
            arguments: arguments + (file == nil ? [] : ["--config=f"]), environment: [:]
        ) { _ throws(UnreadableFile) in file ?? "" }
        guard case .run(let values) = outcome else { throw UsageError(message: "help", exitStatus: .success) }
        return try ServeSettings(values, environment: environment)
    }

    private func refusal(_ arguments: [String], file: String? = nil) -> UsageError? {
        do {
            _ = try settings(arguments, file: file)
            return nil
        } catch { return error as? UsageError }
    }

    @Test func nobodySignsInOnThisMachine() throws {
        for arguments in [
            [], ["--auth=none"], ["--http=[::1]:80"], ["--ingest=unix:/i", "--http=unix:/h"],
            ["--public-url=http://localhost:8080/ps"], ["--public-url=http://127.0.0.1"], ["--sample"],
            ["--sessions-per-admin=3"],
        ] {
            #expect(try settings(arguments).people == nil, "\(arguments)")
        }
    }

    @Test func offThisMachineEverybodyDoes() throws {
        let url = "--public-url=https://watch.example.org/ps"
        for arguments in [
            [url], [url, "--http=[::]:80"], [url, "--ingest=0.0.0.0:80"], [url, "--auth=password"],
            ["--auth=password"], ["--auth=password", "--public-url=http://localhost"],
        ] {
            let people = try #require(try settings(arguments).people, "\(arguments)")
            #expect(people.sessionsPerAdmin == 1 && people.jwt == nil)
            #expect(people.gate.identityHeader == nil && !people.gate.showsSamplePage)
            #expect(people.statePath.hasSuffix("/pointerscope"))
        }
    }

    @Test func whatIsSaidIsTaken() throws {
        let people = try #require(
            try settings([
                "--auth=password", "--state=/s", "--sessions-per-admin=16", "--sample",
                "--auth-header=Remote-User",
                "--trusted-proxy=unix", "--jwt-key=/k", "--jwt-audience=ps", "--jwt-issuer=me",
                "--jwt-name-claim=email", "--jwt-role-claim=r", "--jwt-scope-claim=s",
            ]).people)
        #expect(people.statePath == "/s" && people.sessionsPerAdmin == 16 && people.gate.showsSamplePage)
        #expect(people.gate.identityHeader == Array("remote-user".utf8))
        #expect(people.jwt?.keyPath == "/k")
        #expect(
            people.jwt?.rules
                == JWTRules(audience: "ps", issuer: "me", nameClaim: "email", roleClaim: "r", scopeClaim: "s")
        )
        let plain = try #require(
            try settings(["--auth=password", "--jwt-key=/k", "--jwt-audience=a"]).people)
        #expect(
            plain.jwt?.rules
                == JWTRules(
                    audience: "a", issuer: nil, nameClaim: "sub", roleClaim: "role", scopeClaim: "scope"))
        #expect(try settings(["--auth=password", "--demo"]).people?.gate.showsSamplePage == true)
    }

    /// What is refused, by the option that it names and the mend, on the command line and in a file.
    @Test(arguments: [
        (["http=[::]:2112"], "--http [::]:2112 is reached from elsewhere", "--public-url https://"),
        (["ingest=0.0.0.0:1"], "--ingest 0.0.0.0:1 is reached from elsewhere", "--public-url https://"),
        (["http=[::]:2112", "auth=password"], "--http [::]:2112 is reached", "--public-url https://"),
        (["http=192.0.2.1:7", "auth=none"], "--http 192.0.2.1:7: with --auth none", "127.0.0.1:7"),
        (
            ["public-url=https://a.example/ps", "auth=none"],
            "--public-url https://a.example/ps: with --auth none",
            "http://localhost/ps/"
        ),
        (["public-url=http://a.example"], "--public-url http://a.example: passwords", "https://a.example"),
        (["public-url=http://a.example:80/x", "auth=password"], "in the clear", "https://a.example"),
        (
            ["auth=password", "auth-header=Remote-User"], "--auth-header believes a proxy",
            "--trusted-proxy 127.0.0.1"
        ),
        (["auth-header=Remote-User"], "--auth-header needs --auth password", "--auth password"),
        (["jwt-key=/k", "jwt-audience=a"], "--jwt-key needs --auth password", "--auth password"),
        (["jwt-audience=a"], "--jwt-audience needs --auth password", "--auth password"),
        (["jwt-issuer=a"], "--jwt-issuer needs --auth password", "--auth password"),
        (["auth=password", "jwt-key=/k"], "--jwt-key needs --jwt-audience", "claim aud"),
        (["auth=password", "jwt-audience=a"], "--jwt-audience needs --jwt-key FILE", "--jwt-key FILE"),
        (["auth=password", "jwt-issuer=a"], "--jwt-issuer needs --jwt-key FILE", "--jwt-key FILE"),
        (["auth=magic"], "--auth magic", "one of none, password"),
        (["sessions-per-admin=0"], "--sessions-per-admin 0", "1 to 16"),
        (["sessions-per-admin=17"], "--sessions-per-admin 17", "1 to 16"),
        (["auth-header=Remote User"], "--auth-header Remote User", "for example Remote-User"),
        (["auth-header=Cookie"], "--auth-header Cookie", "meaning of its own"),
    ])
    func refusalsNameTheOptionAndTheMend(options: [String], what: String, mend: String) throws {
        let failure = try #require(refusal(options.map { "--\($0)" }))
        #expect(failure.message.contains(what), "\(failure.message)")
        #expect(failure.message.contains(mend), "\(failure.message)")
        #expect(failure.exitStatus == .usage)
        let lines = options.map { $0.replacing("=", with: " = ", maxReplacements: 1) + "\n" }.joined()
        let fromFile = try #require(refusal([], file: lines))
        #expect(fromFile.message.contains(mend) && fromFile.message.contains("f:"), "\(fromFile.message)")
        #expect(fromFile.exitStatus == .configuration)
    }

    @Test func withoutAHomeTheDirectoryHasToBeNamed() throws {
        // Root has one in any case.
        let people = try? settings(["--auth=password"], environment: [:]).people
        #expect(people == nil || people?.statePath == "/var/lib/pointerscope")
        #expect(try settings(["--auth=password", "--state=/x"], environment: [:]).people?.statePath == "/x")
    }
}
