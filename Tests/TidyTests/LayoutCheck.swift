/// What lies where, and that nothing lies about.
enum LayoutCheck {
    /// What may stand at the top; dotfiles may as well.
    private static let topLevel: Set<String> = [
        "Package.swift", "Package.resolved", "Sources", "Tests", "client-js", "docs", "Benchmarks",
        "packaging",
        "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile",
    ]

    /// Targets without a folder of tests, each with what tests it instead.
    static let untested = [
        "CArgon2": "a module map and one call; PasswordHashingTests hash with it",
        "CLibSSL": "TLSClientTests and Tests/EndToEnd/test_tls.py speak through it",
        "CNCurses": "a module map; TerminalGraph calls it",
        "COpenSSL": "AccessControlTests and Tests/EndToEnd digest and verify with it",
        "CPointerscopeShims": "PosixIOTests pass descriptors and spawn through it",
        "CZlib": "a module map and calls; WebSocketWireTests inflate with it",
        "ClientAssets": "client-js/test/assets.test.mjs and the dead-file check below",
        "ClusterSupervisor": "Tests/EndToEnd, with real processes; its decisions are SupervisorCore's",
        "pointerscope": "main.c alone; Tests/EndToEnd",
    ]

    static func top(_ names: [String]) -> [Complaint] {
        names.filter { !topLevel.contains($0) && !$0.hasPrefix(".") }.map {
            Complaint(path: $0, what: "does not belong at the top")
        }
    }

    /// Every target has its tests, and every exception is still one.
    static func tests(targets: [String], folders: [String]) -> [Complaint] {
        let missing = targets.filter { !folders.contains("\($0)Tests") && untested[$0] == nil }
        let stale = untested.keys.sorted().filter { folders.contains("\($0)Tests") || !targets.contains($0) }
        return missing.map { Complaint(path: "Sources/\($0)", what: "has no Tests/\($0)Tests") }
            + stale.map {
                Complaint(path: "Sources/\($0)", what: "is excused from having tests without need")
            }
    }

    /// Every folder of Swift belongs to a target of the manifest.
    static func folders(_ folders: [String], below: String, manifest: SourceFile) -> [Complaint] {
        let known = manifest.text.split(separator: "\"").map(String.init)
        return folders.filter { folder in
            let target = below == "Tests" && folder.hasSuffix("Tests") ? String(folder.dropLast(5)) : folder
            return !known.contains(folder) && !known.contains(target)
        }.map { Complaint(path: "\(below)/\($0)", what: "is no target") }
    }

    /// Every file of client-js is inside the binary, or what such a one is made of, a test, a tool's, or a
    /// text for people and their tools.
    static func clientFiles(_ paths: [String], embeddedBy sources: [SourceFile]) -> [Complaint] {
        let embedded = Set(
            sources.flatMap { $0.lines() }.compactMap { line -> String? in
                guard line.hasPrefix("#embed \""), let range = line.firstRange(of: "client-js/") else {
                    return nil
                }
                return String(line[range.lowerBound...].prefix { $0 != "\"" })
            })
        let dead = paths.filter { path in
            path.hasPrefix("client-js/") && !path.hasPrefix("client-js/test/")
                && path != "client-js/package.json" && path != "client-js/snippet/build.mjs"
                && !path.hasPrefix("client-js/snippet/source/")
                && !path.hasSuffix(".md") && !path.hasSuffix(".d.ts") && !embedded.contains(path)
        }
        return dead.map { Complaint(path: $0, what: "is neither embedded nor a test") }
            + embedded.subtracting(paths).sorted().map {
                Complaint(path: $0, what: "is embedded and not there")
            }
    }

    /// Every relative link of a document leads somewhere.
    static func links(_ file: SourceFile, paths: [String]) -> [Complaint] {
        let folder = file.path.split(separator: "/").dropLast()
        return file.lines().enumerated().flatMap { index, line -> [Complaint] in
            line.split(separator: "](").dropFirst().compactMap { rest in
                let link = rest.prefix { $0 != ")" && $0 != "#" && $0 != " " }
                guard !link.isEmpty, !link.contains("://"), !link.hasPrefix("mailto:") else { return nil }
                let target = resolve(link, from: folder)
                guard !paths.contains(where: { $0 == target || $0.hasPrefix(target + "/") }) else {
                    return nil
                }
                return Complaint(
                    path: file.path, line: index + 1, what: "links to \(link), which is not there")
            }
        }
    }

    /// Every path from the top that a document names in backquotes is there; `*` stands for what may be.
    static func namedPaths(_ file: SourceFile, paths: [String]) -> [Complaint] {
        file.lines().enumerated().flatMap { index, line -> [Complaint] in
            let quoted = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            return quoted.compactMap { part, text in
                let place = text.last == "/" ? text.dropLast() : text
                guard part % 2 == 1, isPath(place),
                    !paths.contains(where: { $0 == place || $0.hasPrefix(place + "/") })
                else { return nil }
                return Complaint(path: file.path, line: index + 1, what: "names \(text), which is not there")
            }
        }
    }

    private static func isPath(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/").map(String.init)
        return parts.count > 1 && topLevel.union([".ci", ".github"]).contains(parts[0])
            && !text.contains { $0 == "*" || $0 == " " || $0 == "…" }
            && !parts.contains(where: Repository.skipped.contains)
    }

    private static func resolve(_ link: Substring, from folder: ArraySlice<Substring>) -> String {
        var parts = Array(folder)
        for part in link.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
