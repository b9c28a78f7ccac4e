@testable import LoadGenerator
@testable import MonitorClient
@testable import PointerscopeCommands
@testable import PosixIO

extension FuzzTarget {
    /// A command's options from every source. The first byte says which command; parts end at NULs: the
    /// configuration file, one variable, then the arguments.
    static let options = FuzzTarget(
        name: "options", longestInput: 400,
        seeds: {
            Seed.texts([
                "0\0\0--demo\0--workers\u{0}3\0--origin=https://a.example\0--origin=https://b.example",
                "0# file\nworkers = 4\norigin = https://a, https://b\nfps=5\n\u{0}WORKERS=2\0--headless\0--config\0file",
                "1\0URL=127.0.0.1:1\0--once\0--json\0[::1]:2112", "1\0\0--\0a:1",
                "0\0\0--worker\u{0}2\0--demo=x",
                "2visitors = 5\r\nrate = natural\n\0REQUIRE=p99<50ms,lost=0\0ws://127.0.0.1:1/\0--config=f\0--require\0rate>=5k",
                "0\0HEADLESS=maybe\0-h", "0config = a\n\0CONFIG=b\0",
                "2\0\0--duration\u{0}5m\0--ramp\u{0}1s\0--mode\0drain",
            ])
        }
    ) { input in
        let commands = CommandSpecification.all
        guard let first = input.first else { return nil }
        let command = commands[Int(first) % commands.count]
        var parts = input.dropFirst().split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let file = parts.removeFirst()
        var environment: [String: String] = [:]
        if !parts.isEmpty {
            let variable = parts.removeFirst().split(separator: "=", maxSplits: 1)
            if variable.count == 2 { environment["POINTERSCOPE_\(variable[0])"] = String(variable[1]) }
        }
        return optionFault(command, arguments: parts, environment, file: file)
    }

    private static func optionFault(
        _ command: CommandSpecification, arguments: [String], _ environment: [String: String], file: String
    ) -> String? {
        let parser = OptionParser(command: command)
        do throws(UsageError) {
            guard
                case .run(let values) = try parser.parse(
                    arguments: arguments, environment: environment, readFile: { _ in file })
            else { return nil }
            // Processes are given their parent's options as arguments, which must mean the same.
            let places = command.positionals.map { values[$0.name] }
            let given = places.prefix { $0 != nil }.compactMap { $0 }
            // The second one alone can be set, but not typed.
            guard given.count == places.compactMap({ $0 }).count else { return nil }
            let again = values.arguments(of: command) + ["--"] + given
            guard
                case .run(let second) = try parser.parse(
                    arguments: again, environment: [:], readFile: { _ in file })
            else { return "as arguments they ask for help: \(again)" }
            for option in command.settable where option.name != "config" {
                let isFlag = option.argument == .none
                let before = isFlag ? truths(values, option.name) : values.all(option.name)
                let after = isFlag ? truths(second, option.name) : second.all(option.name)
                guard before == after else { return "\(option.name): \(before), as arguments \(after)" }
            }
            return nil
        } catch {
            return error.message.isEmpty ? "refused without a word" : nil
        }
    }

    /// A flag that is off and one that is not there are the same.
    private static func truths(_ values: OptionValues, _ name: String) -> [String] {
        values[name].flatMap { Complaint.truth(of: $0) } == true ? ["on"] : []
    }

    /// Where a server is, as a person types it.
    static let serverURL = FuzzTarget(
        name: "server-url", longestInput: 300,
        seeds: {
            Seed.texts([
                "127.0.0.1:2112", "http://localhost", "HTTP://[::1]:80/", "[fe80::1%25lo]:1", "https://a",
                "a.example:65536", "ftp://a", "http://a.example/ps/", "http://a:1/x/receive/me",
                "http://user@a/", "a:1/b", "::1:80", "[::ffff:127.0.0.1]:9", ":1", "[]:1", "localhost:+1",
                "unix:/run/ps.sock", "unix:",
            ])
        }
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        if let url = try? ServerURL(parsing: text) {
            guard (try? ServerURL(parsing: url.text)) == url else { return "\(url) is not \(url.text)" }
            guard url.authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                return "a Host of \(url.authority)"
            }
        }
        if let address = try? SocketAddress(parsing: text) {
            guard (try? SocketAddress(parsing: address.text)) == address else {
                return "\(address) is not \(address.text)"
            }
        }
        return nil
    }

    /// What people write into the options of `load`.
    static let loadWords = FuzzTarget(
        name: "load-words", longestInput: 200,
        seeds: {
            Seed.texts([
                "500ms", "1.5h", "natural", "max", "100000", "64K", "1000000000M", "127.0.0.1", "::1",
                "p99<50ms,lost=0", "rate>=5k",
                "p99.99 <= 1e400s", "memory<200MiB,cpu<90%", "handshake-p50>0", "ws://127.0.0.1:1/a?b",
                "http://[::1]", "wss://a", "[::1",
                "127.0.0.1", "http://127.0.0.1:0/", "nan", "+5", "0x10", "1e3",
            ])
        }
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        if let seconds = LoadWords.seconds(text), !(0...86_400).contains(seconds) { return "\(seconds) s" }
        if let bytes = LoadWords.bytes(text), bytes < 1 { return "\(bytes) bytes" }
        if case .perVisitor(let milliHertz) = LoadWords.rate(text), milliHertz < 1 {
            return "\(milliHertz) mHz"
        }
        _ = LoadWords.source(text)
        if let conditions = try? Requirement.parsing(text) {
            for condition in conditions where !condition.bound.isFinite || condition.bound < 0 {
                return "a bound of \(condition.bound)"
            }
        }
        return targetFault(text)
    }

    private static func targetFault(_ text: String) -> String? {
        // Nobody is asked for the address of a name.
        guard
            let target = try? LoadTarget(
                parsing: text, scheme: "http", defaultPort: 80, defaultPath: "/a", lookUp: { _ in nil })
        else { return nil }
        let isClean = (target.authority + target.path).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return target.path.hasPrefix("/") && isClean ? nil : "\(target)"
    }
}
