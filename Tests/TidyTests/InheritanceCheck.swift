/// A descriptor is closed on exec from its first moment on: a child process that is started meanwhile, by
/// whatever thread, would keep the other side waiting for an end that does not come.
enum InheritanceCheck {
    /// Calls that cannot say so, and what can.
    private static let deaf = [
        "pipe": "TestSupport's PipeEnds", "dup": "fcntl with F_DUPFD_CLOEXEC", "openpty": "open of /dev/ptmx",
        "epoll_create": "epoll_create1", "creat": "open",
    ]
    /// Calls that can, in the same statement or in those just before it.
    private static let able: Set<String> = [
        "open", "openat", "socket", "socketpair", "accept4", "pipe2", "eventfd", "timerfd_create", "signalfd",
        "memfd_create", "epoll_create1", "mkstemp", "inotify_init1",
    ]
    /// Where those calls are made that nobody else is to make; what stands for descriptors 0 to 2 is to be
    /// inherited.
    private static let makers: Set<String> = [
        "Tests/TestSupport/PipeEnds.swift", "Sources/PosixIO/Descriptor.swift",
    ]
    /// How many lines a statement and the flags made for it take at most.
    private static let reach = 12

    static func check(_ file: SourceFile) -> [Complaint] {
        guard file.suffix == "swift", !makers.contains(file.path) else { return [] }
        let blanked = SwiftText.blanked(file.text)
        let scanner = WordScanner(blanked)
        let lines = String(decoding: blanked, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        return scanner.words().compactMap { word in
            // Members are somebody's own, and none of these calls is without arguments.
            guard word.before != UInt8(ascii: "."), scanner.byte(after: word.end) == UInt8(ascii: "("),
                scanner.byte(after: word.end + 1) != UInt8(ascii: ")"),
                !lines[word.line - 1].contains("func \(word.text)")
            else { return nil }
            if let better = deaf[word.text] {
                return Complaint(
                    path: file.path, line: word.line,
                    what: "calls \(word.text), which children inherit: \(better)")
            }
            // With less than a path and flags it is something of one's own.
            guard able.contains(word.text),
                scanner.bytes[word.end...].prefix(while: { $0 != UInt8(ascii: ")") })
                    .contains(UInt8(ascii: ","))
            else { return nil }
            let around = lines[max(0, word.line - reach)..<min(lines.count, word.line + reach)]
            return around.contains { $0.contains("CLOEXEC") }
                ? nil
                : Complaint(path: file.path, line: word.line, what: "calls \(word.text) without CLOEXEC")
        }
    }
}
