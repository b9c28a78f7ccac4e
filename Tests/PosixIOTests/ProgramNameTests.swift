import Testing

@testable import PosixIO

@Suite("What messages tell people to run")
struct ProgramNameTests {
    /// Where our executable lies, and links to it.
    private let own: Set<String> = [
        "/srv/ann/tree/.build/release/pointerscope", ".build/release/pointerscope",
        "/usr/local/bin/ps-scope",
        "./pointerscope", "/opt/bin/pointerscope",
    ]
    /// Other programs.
    private let others: Set<String> = ["/usr/bin/pointerscope"]

    private func find(
        _ argument: String, searchPath: String = "/usr/local/bin:/bin",
        in directory: String = "/srv/ann/tree"
    ) -> String {
        ProgramName.find(
            argument: argument, searchPath: searchPath, directory: directory,
            executable: "/srv/ann/tree/.build/release/pointerscope"
        ) { own.contains($0) ? true : others.contains($0) ? false : nil }
    }

    @Test func theNameWhereItIsFound() {
        #expect(find("pointerscope", searchPath: "/bin:/opt/bin") == "pointerscope")
        #expect(find("ps-scope") == "ps-scope")
        #expect(find("/usr/local/bin/ps-scope") == "ps-scope")
        #expect(find(".build/release/pointerscope", searchPath: "/opt/bin") == "pointerscope")
        #expect(find("whatever", searchPath: "/opt/bin") == "pointerscope")
        // An empty part is the working directory.
        #expect(find("pointerscope", searchPath: "/bin::/usr/bin") == "pointerscope")
    }

    @Test func thePathWhereTheNameLeadsElsewhere() {
        #expect(find(".build/release/pointerscope") == ".build/release/pointerscope")
        #expect(
            find(".build/release/pointerscope", searchPath: "/usr/bin:/opt/bin")
                == ".build/release/pointerscope")
        #expect(
            find("/opt/bin/pointerscope", searchPath: "") == "pointerscope",
            "the working directory is searched")
        #expect(find("/opt/bin/pointerscope", searchPath: "/usr/bin") == "/opt/bin/pointerscope")
    }

    @Test func theExecutableWhereNothingElseIsKnown() {
        #expect(find("gone/pointerscope") == ".build/release/pointerscope")
        #expect(find("pointerscope", in: "/srv/ann/tree/.build/release") == "./pointerscope")
        #expect(find("", in: "/") == "srv/ann/tree/.build/release/pointerscope")
        #expect(find("sh", in: "/mnt") == "/srv/ann/tree/.build/release/pointerscope")
        #expect(find("sh", in: "/srv/ann/tr") == "/srv/ann/tree/.build/release/pointerscope")
    }

    private func start(_ argument: String, searchPath: String = "/usr/local/bin:/bin") -> String {
        ProgramName.startPath(
            argument: argument, searchPath: searchPath, directory: "/srv/ann/tree",
            executable: "/srv/ann/tree/.build/release/pointerscope"
        ) {
            own.contains($0) || $0 == "/srv/ann/tree/pointerscope" ? true : others.contains($0) ? false : nil
        }
    }

    @Test func whoeverStartsItOnceMoreGoesByTheLinks() {
        let itself = "/srv/ann/tree/.build/release/pointerscope"
        #expect(start("/opt/bin/pointerscope") == "/opt/bin/pointerscope")
        #expect(start(".build/release/pointerscope") == itself)
        #expect(start("./pointerscope") == "/srv/ann/tree/pointerscope")
        #expect(start("ps-scope") == "/usr/local/bin/ps-scope")
        #expect(start("pointerscope", searchPath: "/bin::/usr/bin") == "/srv/ann/tree/pointerscope")
        #expect(start("pointerscope", searchPath: "/opt/bin/") == "/opt/bin/pointerscope")
        // The name leads to another program, or nowhere.
        #expect(start("pointerscope", searchPath: "/usr/bin:/opt/bin") == itself)
        #expect(start("gone/pointerscope") == itself)
        #expect(start("68") == itself && start("") == itself)
    }

    @Test(arguments: [
        ("/opt/bin/pointerscope", "/opt/bin/pointerscope"), ("", "''"), ("my tree/x", "'my tree/x'"),
        ("it's", "'it'\\''s'"), ("$(reboot)", "'$(reboot)'"), ("a=b", "'a=b'"), ("~", "'~'"),
        ("\u{E9}", "'\u{E9}'"),
        ("http://127.0.0.1:2112", "http://127.0.0.1:2112"), ("http://[::1]:2112", "'http://[::1]:2112'"),
    ])
    func quotes(word: String, quoted: String) {
        #expect(shellQuoted(word) == quoted)
    }

    @Test func thisProcessHasAName() {
        #expect(!ProgramName.argument.isEmpty && !ProgramName.shell.isEmpty)
    }
}
