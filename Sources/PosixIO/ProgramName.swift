import Glibc

/// How this program is started again from where its user stands: what messages name that tell people to run
/// something.
public enum ProgramName {
    /// What `arguments[0]` of this process was, for children that are to say the same.
    public static let argument = commandLineStart() ?? standard

    /// The name for a shell, quoted where it has to be: `pointerscope` where that is found through PATH, else
    /// the path that was typed, else the executable's.
    public static let shell = shellQuoted(
        find(
            argument: argument, searchPath: ProcessEnvironment.value(of: "PATH") ?? "",
            directory: workingDirectory(), executable: executablePath(), isOwn: isOwnExecutable))

    /// What it is called where nobody has renamed it.
    public static let standard = "pointerscope"

    /// The name of a process of ours in lists of processes, as the first argument of a child.
    public static func title(of part: String) -> String { "\(standard): \(part)" }

    /// How readlink(2) marks an executable that is no longer in its place (proc(5)).
    private static let deletedMark = " (deleted)"

    /// The shortest name that leads to the executable; `isOwn` says whether a path does.
    static func find(
        argument: String, searchPath: String, directory: String, executable: String, isOwn: (String) -> Bool?
    ) -> String {
        let base = argument.split(separator: "/").last.map { String($0) } ?? standard
        for name in [base, standard] where isFound(name, through: searchPath, isOwn) { return name }
        if argument.contains("/"), isOwn(argument) == true { return argument }
        let below = directory.hasSuffix("/") ? directory : directory + "/"
        guard executable.hasPrefix(below) else { return executable }
        let relative = String(executable.dropFirst(below.count))
        return relative.contains("/") ? relative : "./" + relative
    }

    /// Whether a shell that looks for `name` comes to our executable first. An empty part of the search path
    /// is the working directory.
    private static func isFound(_ name: String, through searchPath: String, _ isOwn: (String) -> Bool?)
        -> Bool
    {
        for folder in searchPath.split(separator: ":", omittingEmptySubsequences: false) {
            if let found = isOwn((folder.isEmpty ? "." : folder) + "/" + name) { return found }
        }
        return false
    }

    /// Whether `path` leads to this executable, or where it is gone to its place; nil where nothing is there
    /// that could be started.
    private static func isOwnExecutable(_ path: String) -> Bool? {
        var other = stat()
        guard unsafe stat(path, &other) == 0, other.st_mode & S_IFMT == S_IFREG,
            unsafe access(path, X_OK) == 0
        else {
            return nil
        }
        var own = stat()
        if unsafe stat("/proc/self/exe", &own) == 0, own.st_dev == other.st_dev, own.st_ino == other.st_ino {
            return true
        }
        guard let resolved = unsafe realpath(path, nil) else { return false }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved) == executablePath()
    }

    /// Where the executable was started from, whatever lies there now.
    public static func executablePath() -> String {
        let path = unsafe text { unsafe readlink("/proc/self/exe", $0, $1) } ?? standard
        return path.hasSuffix(deletedMark) ? String(path.dropLast(deletedMark.count)) : path
    }

    /// Where somebody who starts this program once more finds it, absolute: the path that it was called by,
    /// or that its name was found at, with its links, which may lead to another program by then; else where
    /// it lies itself.
    public static func startPath() -> String {
        startPath(
            argument: argument, searchPath: ProcessEnvironment.value(of: "PATH") ?? "",
            directory: workingDirectory(), executable: executablePath(), isOwn: isOwnExecutable)
    }

    static func startPath(
        argument: String, searchPath: String, directory: String, executable: String, isOwn: (String) -> Bool?
    ) -> String {
        let base = directory.hasSuffix("/") ? directory : directory + "/"
        if argument.contains("/") {
            guard isOwn(argument) == true else { return executable }
            if argument.hasPrefix("/") { return argument }
            return base + (argument.hasPrefix("./") ? String(argument.dropFirst(2)) : argument)
        }
        for folder in searchPath.split(separator: ":", omittingEmptySubsequences: false) {
            let place = folder.hasPrefix("/") ? String(folder) : base + folder
            let path = place.hasSuffix("/") ? place + argument : "\(place)/\(argument)"
            if let isOurs = isOwn(path) { return isOurs ? path : executable }
        }
        return executable
    }

    private static func workingDirectory() -> String {
        unsafe text { unsafe getcwd($0, $1) == nil ? -1 : Int(strlen($0)) } ?? "/"
    }

    /// What stands before the first NUL of the command line (proc(5)).
    private static func commandLineStart() -> String? {
        guard let file = try? Descriptor.opening("/proc/self/cmdline", flags: O_RDONLY) else { return nil }
        let line = unsafe text { unsafe read(file.raw, $0, $1) }?.prefix { $0 != "\0" }
        return line.flatMap { $0.isEmpty ? nil : String($0) }
    }

    /// The text that `body` writes, of at most PATH_MAX bytes, or nil where it returns less than 0.
    private static func text(_ body: (UnsafeMutablePointer<CChar>, Int) -> Int) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
            guard let base = room.baseAddress, case let count = unsafe body(base, room.count), count >= 0
            else {
                return nil
            }
            return unsafe String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
        }
    }
}

/// The word as a shell reads it back: as it is, or in quotes.
public func shellQuoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: ","):
            true
        default: false
        }
    }
    guard !isPlain || word.isEmpty else { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
