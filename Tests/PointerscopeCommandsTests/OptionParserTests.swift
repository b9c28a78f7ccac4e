import Glibc
import IngestWorker
import PosixIO
import RateControl
import Testing

@testable import PointerscopeCommands

@Suite struct OptionParserTests {
    private let parser = OptionParser(command: .serve)

    private func values(
        _ arguments: [String], environment: [String: String] = [:], file: String? = nil
    ) throws -> OptionValues {
        let outcome = try parser.parse(arguments: arguments, environment: environment) {
            _ throws(UnreadableFile) in try given(file)
        }
        guard case .run(let values) = outcome else { throw UsageError(message: "help", exitStatus: .success) }
        return values
    }

    private func given(_ file: String?) throws(UnreadableFile) -> String {
        guard let file else { throw .system(code: ENOENT) }
        return file
    }

    private func failure(
        _ arguments: [String], environment: [String: String] = [:], file: String? = nil
    ) -> UsageError? {
        do {
            _ = try values(arguments, environment: environment, file: file)
            return nil
        } catch { return error as? UsageError }
    }

    @Test func defaultsHold() throws {
        let values = try values([])
        #expect(values["ingest"] == "127.0.0.1:8081")
        #expect(values["http"] == "127.0.0.1:2112")
        #expect(values["auth"] == nil)
        #expect(values["workers"] == nil)
        #expect(values["demo"] == nil)
        #expect(values.all("origin").isEmpty)
    }

    @Test func flagWeighsMoreThanEnvironmentThanFile() throws {
        let file = "# a comment\nworkers = 3\n\n  http=127.0.0.1:3 \n"
        let environment = ["POINTERSCOPE_WORKERS": "4", "POINTERSCOPE_CONFIG": "some.conf"]
        #expect(try values([], environment: environment, file: file)["workers"] == "4")
        #expect(try values(["--workers", "5"], environment: environment, file: file)["workers"] == "5")
        #expect(try values([], environment: environment, file: file)["http"] == "127.0.0.1:3")
        #expect(try values(["--config=x"], file: file)["workers"] == "3")
    }

    @Test func limitsOfAConnection() throws {
        #expect(IngestLimits(try values([])) == IngestLimits())
        let limits = IngestLimits(
            try values([
                "--message-rate", "0", "--byte-rate", "500K", "--rate-patience", "1500ms",
                "--handshake-timeout", "1m", "--message-timeout=7s", "--idle-timeout", "20",
                "--head-bytes", "4K", "--head-fields", "20", "--message-bytes", "8192", "--message-fragments",
                "1",
            ]))
        #expect(limits.word == "0,512000,1500,60,7,20,4096,20,8192,1")
        let wrong = [
            "message-rate": ["", "-1", "1.5", "many", "1000000001"], "byte-rate": ["", "-1", "1G", "1001M"],
            "rate-patience": ["", "2h", "-1s"], "handshake-timeout": ["0", "500ms", "1.5s", "2h"],
            "message-timeout": ["0"], "idle-timeout": ["0s"], "head-bytes": ["100", "17K", ""],
            "head-fields": ["7", "101"], "message-bytes": ["3K", "512", "128K", ""],
            "message-fragments": ["0", "3", "8192"],
        ]
        for (name, texts) in wrong {
            for text in texts {
                #expect(
                    failure(["--\(name)=\(text)"])?.message.contains("--\(name)") == true, "\(name)=\(text)")
            }
        }
    }

    @Test func bothSpellingsOfAValue() throws {
        #expect(try values(["--workers=2"])["workers"] == "2")
        #expect(try values(["--workers", "2"])["workers"] == "2")
        #expect(try values(["--demo"])["demo"] == "24")
        #expect(try values(["--demo=7"])["demo"] == "7")
        #expect(try values(["--demo", "--headless"])["headless"] == "yes")
    }

    @Test func repeatableOptionsAdd() throws {
        let values = try values(["--origin", "https://a.example", "--origin=http://b.example:8080"])
        #expect(values.all("origin") == ["https://a.example", "http://b.example:8080"])
        let fromEnvironment = try self.values(
            [], environment: ["POINTERSCOPE_ORIGIN": "https://a.example, https://b.example"])
        #expect(fromEnvironment.all("origin") == ["https://a.example", "https://b.example"])
    }

    @Test(arguments: [
        (["--wrokers", "2"], "unknown option --wrokers; did you mean --workers?"),
        (["--frobnicate"], "unknown option --frobnicate ("),
        (["--workers"], "--workers needs a value: --workers N"),
        (["--workers", "0"], "--workers 0: must be a whole number from 1 to 256"),
        (["--workers", "many"], "--workers many: must be"),
        (["--ingest", "8081"], "--ingest 8081: needs a port"),
        (["--http", "example.org:80"], "--http example.org:80: must begin with an IP address"),
        (["--headless=yes"], "--headless takes no value"),
        (["--demo=lots"], "--demo lots: must be a whole number"),
        (["--auth", "magic"], "--auth magic: must be one of none, password"),
        (["--origin", "example.org"], "--origin example.org: must be scheme://host"),
        (["--origin", "https://example.org/path"], "must be scheme://host"),
        (["stray"], "unexpected argument 'stray'"),
        (["--fps", "31"], "--fps 31: must be a whole number from 1 to 30"),
        (["--glyphs", "runes"], "--glyphs runes: must be one of auto, braille, blocks, ascii"),
        (["--mouse=maybe"], "--mouse maybe: must be one of on, off"),
        (["--", "x"], "unexpected argument 'x'"),
        (["-x"], "unexpected argument '-x'"),
        (["--demo", "40"], "unexpected argument '40'; did you mean --demo=40?"),
        (["--demo", "lots"], "unexpected argument 'lots'; a value goes behind an equals sign: --demo[=N]"),
        (["--demo", "--headless", "40"], "unexpected argument '40' ("),
        (["--demo=2000"], "--demo 2000: must be a whole number from 0 to 1000"),
        (["-workers", "2"], "unexpected argument '-workers'; did you mean --workers?"),
        (["help"], "unexpected argument 'help'; did you mean --help?"),
        (["--workers=2", "-headless=1"], "unexpected argument '-headless=1'; did you mean --headless?"),
    ])
    func badFlagNamesItselfAndTheMend(arguments: [String], message: String) {
        let error = failure(arguments)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
        #expect(error?.exitStatus == .usage)
    }

    @Test func badEnvironmentAndFileNameThemselves() {
        let environment = failure([], environment: ["POINTERSCOPE_WORKERS": "x"])
        #expect(environment?.message.hasPrefix("POINTERSCOPE_WORKERS x: must be") == true)
        #expect(environment?.exitStatus == .usage)
        let file = failure(["--config", "p.conf"], file: "workers = 1\nwrong = 2\n")
        #expect(file?.message.hasPrefix("p.conf:2: unknown option wrong") == true)
        #expect(file?.exitStatus == .configuration)
        let line = failure(["--config", "p.conf"], file: "workers\n")
        #expect(line?.message == "p.conf:1: must read name = value")
        let value = failure(["--config", "p.conf"], file: "headless = maybe\n")
        #expect(value?.message == "p.conf:1: headless maybe: must be yes or no")
        #expect(
            failure(["--config", "gone"])
                == UsageError(
                    message: "--config gone: cannot be read: No such file or directory",
                    exitStatus: .configuration))
        let named = failure([], environment: ["POINTERSCOPE_CONFIG": "gone"])
        #expect(named?.message.hasPrefix("POINTERSCOPE_CONFIG gone: cannot be read: ") == true)
    }

    @Test func severalFilesAddUpInTheirOrder() throws {
        let files = [
            "d/a": "workers = 1\norigin = https://a.example\ngrace = 3s\n",
            "d/b": "# workers = 7\nworkers = 2\norigin = https://b.example\n",
        ]
        func values(_ listed: [String], _ arguments: [String] = ["--config=d"]) throws -> OptionValues {
            let outcome = try parser.parse(
                arguments: arguments, environment: [:],
                listFiles: { path throws(UnreadableFile) in
                    guard path == "d" else { throw .nothing(of: "x") }
                    return listed
                },
                readFile: { path throws(UnreadableFile) in try given(files[path]) })
            guard case .run(let values) = outcome else { throw UsageError(message: "", exitStatus: .success) }
            return values
        }
        let both = try values(["d/a", "d/b"])
        #expect(both["workers"] == "2" && both.origin(of: "workers") == "d/b:2: workers")
        #expect(both.all("origin") == ["https://a.example", "https://b.example"])
        #expect(both["grace"] == "3s" && both.origin(of: "grace") == "d/a:3: grace")
        #expect(try values(["d/b", "d/a"])["workers"] == "1")
        #expect(try values(["d/a", "d/b"], ["--config=d", "--workers=5"])["workers"] == "5")
        let gone = #expect(throws: UsageError.self) { try values(["d/a", "d/gone"]) }
        #expect(gone?.message == "--config d/gone: cannot be read: No such file or directory")
        let empty = #expect(throws: UsageError.self) { try values([], ["--config=e"]) }
        #expect(empty?.message == "--config e: is a directory without x")
        #expect(empty?.exitStatus == .configuration)
    }

    @Test func helpIsAskedForAnywhere() throws {
        func outcome(_ arguments: [String]) throws -> OptionParser.Outcome {
            try parser.parse(arguments: arguments, environment: [:]) { _ throws(UnreadableFile) in "" }
        }
        for flag in ["--help", "-h"] { #expect(try outcome(["--workers", "2", flag]) == .help) }
        for flag in ["--version", "-V"] { #expect(try outcome(["--workers", "2", flag]) == .version) }
    }

    @Test func helpAndComplaintNameOneRange() throws {
        var found = 0
        for option in CommandSpecification.all.flatMap(\.settable) {
            guard let match = option.help.firstMatch(of: /(\d+) to (\d+)/) else { continue }
            let (least, most) = (try #require(Int(match.1)), try #require(Int(match.2)))
            found += 1
            #expect(option.complaint("\(least)") == nil && option.complaint("\(most)") == nil)
            for outside in [least - 1, most + 1] {
                #expect(option.complaint("\(outside)")?.contains("\(least) to \(most)") == true)
            }
        }
        #expect(found >= 4)
    }

    @Test func helpNamesEveryOptionAndNothingElse() {
        for command in CommandSpecification.all {
            let page = HelpText.page(of: command, program: "pointerscope")
            for example in command.examples { #expect(page.contains("\n  pointerscope \(example)\n")) }
            for option in command.options { #expect(page.contains("  \(option.usage) ")) }
            #expect(page.split(separator: "\n").allSatisfy { $0.count <= 110 })
            #expect(HelpText.overview().contains("  \(command.name) "))
        }
        #expect(
            HelpText.page(of: .top, program: "pointerscope").hasPrefix(
                "Usage: pointerscope top [URL] [OPTIONS]\n"))
        #expect(HelpText.page(of: .top).contains("url: POINTERSCOPE_URL"))
    }

    @Test func howOftenVisitorsSample() throws {
        #expect(SamplingText.bounds("5..60") == .standard)
        #expect(SamplingText.bounds("1..120") == SamplingBounds(least: 1, most: 120))
        #expect(SamplingText.bounds("25") == SamplingBounds(pinned: 25))
        #expect(SamplingText.bounds("0") == SamplingBounds(pinned: 0))
        for text in [
            "", "x", "-1", "+5", "121", "0..60", "60..5", "5..121", "5..", "..60", "5.60", "5...60",
            "5..60..",
            "5 .. 60", "1e1", "0000", "auto",
        ] {
            #expect(failure(["--sampling", text])?.message.contains("1 to 120") == true, "\(text)")
        }
        #expect(try values(["--sampling=10..30"])["sampling"] == "10..30")
        #expect(try values([], environment: ["POINTERSCOPE_SAMPLING": "7"])["sampling"] == "7")
    }

    @Test func everyDefaultIsAcceptable() {
        for option in CommandSpecification.all.flatMap(\.settable) where !option.defaultValue.isEmpty {
            #expect(option.complaint(option.defaultValue) == nil)
        }
    }

    @Test func anArgumentHasItsPlaceEverywhere() throws {
        let parser = OptionParser(command: .top)
        func url(_ arguments: [String], _ environment: [String: String] = [:], file: String? = nil) throws
            -> String?
        {
            let outcome = try parser.parse(arguments: arguments, environment: environment) {
                _ throws(UnreadableFile) in try given(file)
            }
            guard case .run(let values) = outcome else { return nil }
            return values["url"]
        }
        #expect(try url([]) == "http://127.0.0.1:2112")
        #expect(try url(["--fps", "5", "a:1", "--plain"]) == "a:1")
        #expect(try url([], ["POINTERSCOPE_URL": "b:2"]) == "b:2")
        #expect(try url(["a:1"], ["POINTERSCOPE_URL": "b:2"]) == "a:1")
        #expect(try url(["--config", "x"], file: "url = c:3\nworkers = 2\n") == "c:3")
        #expect(throws: UsageError.self) { try url(["a:1", "b:2"]) }
        #expect(throws: UsageError.self) { try url(["--url", "a:1"]) }
        let error = #expect(throws: UsageError.self) { try url(["ftp://a.example"]) }
        #expect(error?.message.hasPrefix("ftp://a.example: must begin with http://") == true)
        #expect(error?.exitStatus == .usage)
        let misspelled = #expect(throws: UsageError.self) { try url(["--config", "x"], file: "urk = c:3\n") }
        #expect(misspelled?.message.hasPrefix("x:1: unknown option urk") == true)
    }

    @Test func twoArgumentsHaveTheirOrder() throws {
        let command = try #require(CommandSpecification.all.first { $0.name == "admin role" })
        func read(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [String?] {
            let outcome = try OptionParser(command: command).parse(
                arguments: arguments, environment: environment
            ) { _ throws(UnreadableFile) in "" }
            guard case .run(let values) = outcome else { return [] }
            return [values["account"], values["role"]]
        }
        #expect(try read(["anna", "operator"]) == ["anna", "operator"])
        #expect(try read(["anna", "--state", "/x", "viewer"]) == ["anna", "viewer"])
        #expect(try read(["anna"], ["POINTERSCOPE_ROLE": "viewer"]) == ["anna", "viewer"])
        #expect(try read([]) == [nil, nil])
        #expect(throws: UsageError.self) { try read(["anna", "operator", "x"]) }
        #expect(throws: UsageError.self) { try read(["anna", "ben"]) }
        #expect(
            HelpText.page(of: command, program: "pointerscope").hasPrefix(
                "Usage: pointerscope admin role NAME ROLE [OPTIONS]\n"))
    }

    @Test func valuesBecomeArgumentsAgain() throws {
        let environment = ["POINTERSCOPE_ORIGIN": "https://a.example,https://b.example"]
        let first = try values(["--headless", "--demo", "--fps=30"], environment: environment)
        let second = try values(first.arguments(of: .serve))
        for option in CommandSpecification.serve.options {
            #expect(first.all(option.name) == second.all(option.name), "\(option.name)")
        }
        #expect(!first.arguments(of: .serve).contains { $0.hasPrefix("--plain") })
        #expect(!first.arguments(of: .serve, without: ["theme"]).contains { $0.hasPrefix("--theme") })
    }
}
