public import ByteCore
import CPointerscopeShims
import Glibc

/// How one program takes the place of another in the same process (execve(2)): the process, its children and
/// the descriptors that are kept stay, and what the one knew lies in a memory file for the other.
///
/// ```
///  old: state -> memory file -> exec ----> new: the way back is armed -> reads -> begins
///   ^                                        | it crashes, refuses, or takes too long
///   +---- reads its own state again <--------+ exec of the old, which is still open
/// ```
/// The successor finds what it needs to know in its environment, which no child of it gets.
public enum Succession {
    /// What a program that takes over is told: `STATE,OLD`, two descriptors, and `STATE` alone where the old
    /// program takes its own place again.
    static let variable = "_POINTERSCOPE_SUCCESSION"
    /// Why the new program was left again.
    static let refusal = "_POINTERSCOPE_SUCCESSION_REFUSED"

    /// A new program has so long to begin.
    private static let patienceSeconds: UInt32 = 10

    /// What was left to this program.
    public struct Inheritance {
        /// The memory file with the state.
        public let state: Int32
        /// The program before; nil where this one is that, and takes its own place again.
        public let old: Int32?
        /// Why the program in between could not go on; nil where there was none.
        public let refusal: String?
    }

    /// What was left to this program; nil where it was started as programs are.
    public static func inheritance() -> Inheritance? {
        guard let text = ProcessEnvironment.value(of: variable) else { return nil }
        let numbers = text.split(separator: ",").map { Int32($0) }
        guard let state = numbers.first ?? nil, (1...2).contains(numbers.count) else { return nil }
        return Inheritance(
            state: state, old: numbers.count == 2 ? numbers[1] : nil,
            refusal: ProcessEnvironment.value(of: refusal))
    }

    /// Has the program before come back where this one, a new one with these arguments, does not begin; to be
    /// called first of all.
    public static func openWayBack(_ arguments: [String]) {
        guard let inheritance = inheritance() else { return }
        // It was started from a descriptor, and is called after the number of that.
        if arguments.count > 1, !arguments[1].hasPrefix("@") {
            let path = ProgramName.executablePath()
            ProcessTitle.show(name: path.split(separator: "/").last.map { String($0) } ?? path)
        }
        guard let old = inheritance.old else { return }
        unsafe withVectors(arguments, variables(state: inheritance.state, old: nil)) {
            arguments, environment in
            unsafe ps_way_back_arm(old, arguments, environment, refusal, patienceSeconds)
        }
    }

    /// Whether the program before would come back.
    public static var hasWayBack: Bool { ps_way_back_is_armed() }

    /// Has the program before come back.
    public static func takeWayBack(because reason: String) -> Never {
        unsafe ps_way_back_take(oneLine(reason))
    }

    /// This program cannot go on with what was left to it: the one before comes back, and where there is none
    /// the process ends.
    public static func giveUp(because reason: String) -> Never {
        if hasWayBack { takeWayBack(because: reason) }
        complain(reason)
        exit(ExitCode.software.rawValue)
    }

    /// This program has begun: whatever happens to it from now on is no business of the one before. Returns
    /// with `inheritance` closed, and nothing left open for another exec.
    public static func begun(_ inheritance: Inheritance) {
        ps_way_back_close()
        ChildProcess.closeInheritedOnExec()
        close(inheritance.state)
        if let old = inheritance.old { close(old) }
        unsafe unsetenv(variable)
        unsafe unsetenv(refusal)
    }

    /// Puts the program that is open at `executable` in the place of this one, with the memory file `state`,
    /// itself, and `kept` left open, and `old` to come back to. Returns only where that fails.
    public static func execute(
        _ executable: borrowing Descriptor, arguments: [String], state: borrowing Descriptor,
        old: borrowing Descriptor, kept: [Int32]
    ) -> SystemError {
        let all = kept + [state.raw, old.raw]
        for number in all { _ = fcntl(number, F_SETFD, 0) }
        var failure = SystemError("execve", code: 0)
        unsafe withVectors(arguments, variables(state: state.raw, old: old.raw)) { arguments, environment in
            _ = unsafe ps_execute(executable.raw, arguments, environment)
            failure = SystemError("execve")
        }
        for number in all { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        return failure
    }

    private static func variables(state: Int32, old: Int32?) -> [String] {
        let own = [variable, refusal]
        let others = ProcessEnvironment.entries().filter { entry in
            !own.contains { entry.hasPrefix($0 + "=") }
        }
        return others + ["\(variable)=\(state)" + (old.map { ",\($0)" } ?? "")]
    }

    private static func withVectors(
        _ arguments: [String], _ environment: [String],
        _ body: (
            UnsafePointer<UnsafeMutablePointer<CChar>?>, UnsafePointer<UnsafeMutablePointer<CChar>?>
        ) -> Void
    ) {
        let words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        unsafe words.withUnsafeBufferPointer { words in
            unsafe variables.withUnsafeBufferPointer { variables in
                unsafe body(words.baseAddress!, variables.baseAddress!)
            }
        }
    }
}

/// A file of this process's memory (memfd_create(2)), which outlives a change of its program.
public enum MemoryFile {
    /// Makes one of these bytes; `name` shows in /proc.
    public static func make(
        _ name: String, of bytes: UnsafeRawBufferPointer
    ) throws(SystemError) -> Descriptor {
        let number = unsafe ps_memfd_create(name)
        guard number >= 0 else { throw SystemError("memfd_create") }
        let file = Descriptor(owning: number)
        var offset = 0
        while offset < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let count = unsafe pwrite(number, rest.baseAddress, rest.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("pwrite") }
            offset += count
        }
        return file
    }

    /// All that is in one.
    public static func read(_ number: Int32) throws(SystemError) -> ByteBuffer {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw SystemError("fstat") }
        var bytes = ByteBuffer(capacity: Int(status.st_size))
        while bytes.count < Int(status.st_size) {
            let offset = off_t(bytes.count)
            let left = Int(status.st_size) - bytes.count
            var failure: SystemError?
            let count = unsafe bytes.appendInPlace(minimum: left) { room in
                let count = unsafe pread(number, room.baseAddress, left, offset)
                if count < 0 { failure = SystemError("pread") }
                return max(0, count)
            }
            if let failure { throw failure }
            guard count > 0 else { throw SystemError("pread", code: EIO) }
        }
        return bytes
    }
}
