import Testing

struct InheritanceCheckTests {
    private func complaints(_ text: String) -> [String] {
        InheritanceCheck.check(SourceFile(path: "Tests/ATests/a.swift", text: text)).map(\.what)
    }

    @Test func whatIsAllowed() {
        #expect(
            complaints(
                """
                // pipe(&ends) in a comment
                let file = open(path, O_RDONLY | O_CLOEXEC)
                let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
                let made = socketpair(AF_UNIX, type, 0, &ends)
                try open()
                case .open: open(&model)
                table.open(processID: 1)
                func open(_ path: String) {}
                dup2(ends[1], 2)
                let name = "dup(1)"
                """) == [])
    }

    @Test(arguments: [
        ("pipe(&ends)", "calls pipe, which children inherit: TestSupport's PipeEnds"),
        ("let copy = dup(1)", "calls dup, which children inherit: fcntl with F_DUPFD_CLOEXEC"),
        ("openpty(&a, &b, nil, nil, nil)", "calls openpty, which children inherit: open of /dev/ptmx"),
        ("let reader = open(path, O_RDONLY)", "calls open without CLOEXEC"),
        ("socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)", "calls socketpair without CLOEXEC"),
    ])
    func whatChildrenInherit(text: String, complaint: String) { #expect(complaints(text) == [complaint]) }
}
