import Foundation
import PosixIO
import Testing

@testable import MasterProcess
@testable import PointerscopeCommands

/// When a reload takes an option, and what it says that it has taken.
@Suite struct ReloadReachTests {
    private static let names = CommandSpecification.serve.settable.map(\.name)

    @Test func everyOptionHasOneReach() {
        let all = ReloadReach.options.values.flatMap { $0 }
        #expect(Set(all) == Set(Self.names), "an option is new, or gone: ReloadReach+Options.swift")
        #expect(all.count == Set(all).count, "an option stands there twice")
    }

    @Test func theDocumentationSaysTheSame() throws {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: top.appendingPathComponent("docs/operations.md"), encoding: .utf8)
        for reach in ReloadReach.allCases {
            let head = "| \(reach.words) | "
            let row = try #require(text.split(separator: "\n").first { $0.hasPrefix(head) }, "\(head)")
            let told = row.dropFirst(head.count).split(separator: "|")[0].split(separator: "`")
                .filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
            #expect(told.sorted() == (ReloadReach.options[reach] ?? []).sorted(), "\(reach.words)")
        }
    }

    @Test func theManualSaysTheSame() throws {
        let page = ManualText.page(of: .serve)
        for name in Self.names {
            let shown = "--\(name)".replacingOccurrences(of: "-", with: "\\-")
            let heads = [".B \(shown)\n", ".BI \(shown) ", ".BR \(shown) "]
            let items = page.components(separatedBy: ".TP\n")
            let item = try #require(items.first { item in heads.contains { item.hasPrefix($0) } }, "\(name)")
            #expect(item.contains("On reload: \(ReloadReach.of(name).words)."), "\(name)")
        }
    }

    // MARK: Reading again

    /// A configuration in a file, and a reading of it.
    private final class Desk {
        let path: String
        private(set) var reading: RepeatedReading!

        init(_ text: String) throws {
            path = "/tmp/pointerscope-reading-\(getpid())-\(UInt32.random(in: .min ... .max)).conf"
            try write(text)
            let outcome = try OptionParser(command: .serve).parse(
                arguments: ["--config=\(path)"], environment: [:]
            ) { path throws(UnreadableFile) in try ConfigurationFiles.read(path) }
            guard case .run(let values) = outcome else { throw UsageError(message: "", exitStatus: .usage) }
            let settings = try ServeSettings(values, environment: ["HOME": "/h/ann"])
            reading = RepeatedReading(
                ["--config=\(path)"], ["HOME": "/h/ann"], values, .none, signsIn: settings.people != nil)
        }

        func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

        func plan() throws -> ReloadPlan {
            guard case .settings(_, let plan) = reading.read() else {
                throw UsageError(message: "", exitStatus: .usage)
            }
            return plan
        }

        deinit { unlink(path) }
    }

    private func all(_ plan: ReloadPlan) -> [[String]] { ReloadReach.allCases.map { plan[$0] } }

    @Test func whatWasTakenIsNotNewAgain() throws {
        let desk = try Desk("origin = https://a.example\n")
        #expect(all(try desk.plan()) == [[], [], []])
        try desk.write("origin = https://b.example\nlog-level = warning\ngrace = 9s\n")
        let first = try desk.plan()
        #expect(all(first) == [["log-level"], ["origin"], ["grace"]])
        // The workers did not come to be: the next reload has their options again.
        first.holds(.atOnce)
        let second = try desk.plan()
        #expect(all(second) == [[], ["origin"], ["grace"]])
        // While it is under way another one is read; what the first has brought is what holds.
        try desk.write("origin = https://c.example\n")
        let third = try desk.plan()
        second.holds(.withWorkers)
        #expect(all(third) == [["log-level"], ["origin"], []])
        let fourth = try desk.plan()
        #expect(fourth[.withWorkers] == ["origin"])
        fourth.holds(.withWorkers)
        #expect(all(try desk.plan()) == [["log-level"], [], []])
    }

    @Test func whereSigningInIsNewTheRestOfItIsForANewStart() throws {
        let desk = try Desk("sampling = 5..60\n")
        try desk.write("auth = password\nsessions-per-admin = 3\nsample = yes\nsampling = 5..30\n")
        #expect(all(try desk.plan()) == [["sampling"], [], ["auth", "sessions-per-admin", "sample"]])
    }

    @Test(arguments: [
        ("origin = https://b.example\nwork", ":2: must read name = value"),
        ("origin = https://b.example\nworkers = many\n", ":2: workers many: must be a whole number"),
        ("origin = https://b.example/path\n", ":1: origin https://b.example/path: "),
        ("log-level = debug\n", ":1: log-level debug: must be one of info, warning"),
    ])
    func aFaultIsSaidWithItsPlace(_ text: String, _ said: String) throws {
        let desk = try Desk("")
        try desk.write(text)
        guard case .refused(let why) = desk.reading.read() else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(why.hasPrefix(desk.path + said), "\(why)")
        try desk.write("")
        #expect(all(try desk.plan()) == [[], [], []])
    }
}
