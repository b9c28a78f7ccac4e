import MonitorClient
import PosixIO
import Testing

@testable import PointerscopeCommands

/// `--view`, `--filter` and `--sort`: what they mean depends on one another, and what is wrong is named.
@Suite struct FirstLookTests {
    private func look(_ arguments: [String], environment: [String: String] = [:]) throws -> FirstLook {
        let outcome = try OptionParser(command: .top).parse(
            arguments: arguments, environment: environment, readFile: { _ in "" })
        guard case .run(let values) = outcome else { throw UsageError(message: "no run", exitStatus: .usage) }
        return try FirstLook(values)
    }

    @Test func whatIsAskedForIsTaken() throws {
        let look = try look(["--view", "map", "--filter", "page:/docs -id:bob", "--sort", "rate"])
        #expect(look.view.map { "\($0)" } == "map" && look.filter != nil && !look.isReversed)
        let pages = try self.look(["--view=pages", "--sort=-clicks"])
        #expect(pages.order != nil && pages.isReversed)
        let seen = try self.look([], environment: ["POINTERSCOPE_SORT": "seen"])
        #expect(seen.order != nil && seen.view == nil)
        let nothing = try self.look([])
        #expect(nothing.view == nil && nothing.filter == nil && nothing.order == nil)
    }

    private static let visitors = "must be one of rate, visitor, page, here, seen, worker"

    @Test func whatIsWrongIsNamedWithTheChoices() {
        let others = "; pages and workers have others, with --view"
        let complaints: [([String], String)] = [
            (
                ["--view", "maps"],
                "--view maps: must be one of overview, map, visitor, pages, workers, health"
            ),
            (["--sort", "clicks"], "--sort clicks: \(Self.visitors)\(others)"),
            (["--sort=-"], "--sort -: \(Self.visitors)\(others)"),
            (["--view=map", "--sort=speed"], "--sort speed: \(Self.visitors)"),
            (
                ["--view=pages", "--sort", "worker"],
                "--sort worker: must be one of visitors, rate, clicks, page"
            ),
            (["--view=pages", "--filter", "id:x"], "--filter id:x: id: says nothing of pages"),
            (["--view=health", "--filter", "x"], "--filter x: the view health has no list to filter"),
            (["--view=health", "--sort=rate"], "--sort rate: the view health has no list to sort"),
        ]
        for (arguments, said) in complaints {
            do {
                _ = try look(arguments)
                Issue.record("\(arguments)")
            } catch let error as UsageError {
                #expect(error.message == said && error.exitStatus == .usage)
            } catch {
                Issue.record(error)
            }
        }
    }
}
