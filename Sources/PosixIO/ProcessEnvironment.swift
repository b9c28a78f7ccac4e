import CPointerscopeShims

/// The environment this process was started with (environ(7)).
public enum ProcessEnvironment {
    /// Every `NAME=value`.
    public static func entries() -> [String] {
        var entries: [String] = []
        let table = unsafe ps_environment()
        var index = 0
        while let entry = unsafe table[index] {
            unsafe entries.append(String(cString: entry))
            index += 1
        }
        return entries
    }

    /// What a child of ours needs of this process's environment, and nothing else: how the program loader
    /// finds and checks libraries, and how a runtime reports its own crash. A password or token that was
    /// meant for this process goes no further.
    public static func forChildren() -> [String] {
        entries().filter { entry in childVariables.contains { entry.hasPrefix($0 + "=") } }
    }

    private static let childVariables = [
        "LD_LIBRARY_PATH", "LD_PRELOAD", "GLIBC_TUNABLES", "SWIFT_BACKTRACE", "ASAN_OPTIONS", "UBSAN_OPTIONS",
        MemoryPrivacy.variable,
    ]

    /// One variable's value.
    public static func value(of name: String) -> String? {
        let prefix = name + "="
        return entries().last { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// The variables by name; of a name given twice the last holds.
    public static func variables() -> [String: String] {
        var variables: [String: String] = [:]
        for entry in entries() {
            guard let equals = entry.firstIndex(of: "=") else { continue }
            variables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
        }
        return variables
    }
}
