import CPointerscopeShims
import Glibc

/// Keeps what a process has of visitors and secrets in its memory: no file of it is left by a crash, and no
/// debugger of its own user looks into it.
public enum MemoryPrivacy {
    /// What tells the children of a master that developers want to look into them; it is also how the option
    /// is set in the environment.
    static let variable = "POINTERSCOPE_DEBUGGABLE"

    /// Whether the master of this process said so.
    public static var isWaived: Bool { ProcessEnvironment.value(of: variable) == waived }

    private static let waived = "1"

    /// Has children started from now on be waived or not, whatever this process was started with.
    public static func waiveForChildren(_ isWaived: Bool) {
        if isWaived { unsafe setenv(variable, waived, 1) } else { unsafe unsetenv(variable) }
    }

    /// Keeps this process's memory private from now on.
    public static func keep() throws(SystemError) {
        guard ps_keep_memory_private() == 0 else { throw SystemError("setrlimit") }
    }

    /// The same in a child of a master, unless that waived it; a child has nobody to tell that it failed.
    public static func keepInChild() {
        guard !isWaived else { return }
        try? keep()
    }
}
