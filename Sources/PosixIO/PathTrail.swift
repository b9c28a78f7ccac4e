import Glibc

/// Where it is decided what a path leads to: each directory that is passed on the way, with the name that is
/// looked for there, links among them.
///
/// ```
///  /srv/current/app      current -> releases/7
///  [ / srv ][ /srv current ][ /srv releases ][ /srv/releases 7 ][ /srv/releases/7 app ]
/// ```
public struct PathTrail: Equatable, Sendable {
    /// A name that is looked for in a directory.
    public struct Step: Hashable, Sendable {
        /// Without a link on the way to it.
        public let directory: String
        public let name: String
    }

    /// In order; the last one is where nothing goes on, or where the path ends.
    public private(set) var steps: [Step] = []
    /// Where it ends, without a link; nil where there is nothing.
    public private(set) var end: String?

    /// As many as the kernel follows (path_resolution(7)).
    private static let linkLimit = 40

    /// Follows a path as it is now.
    public init(of path: String) {
        var links = 0
        var directory = path.hasPrefix("/") ? "/" : Self.workingDirectory()
        var rest = Self.names(of: path)
        while let name = rest.popLast() {
            if name == ".." {
                directory = Self.parent(of: directory)
                continue
            }
            steps.append(Step(directory: directory, name: name))
            let place = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            switch Self.link(at: place) {
            case .target(let target):
                links += 1
                guard links <= Self.linkLimit else { return }
                if target.hasPrefix("/") { directory = "/" }
                rest += Self.names(of: target)
            case .none: directory = place
            case .nothing: return
            }
        }
        end = directory
    }

    private enum Link {
        case target(String)
        /// Something else.
        case none
        case nothing
    }

    private static func link(at path: String) -> Link {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
            guard let base = room.baseAddress else { return .nothing }
            let count = unsafe readlink(path, base, room.count)
            if count < 0 { return errno == EINVAL ? Link.none : .nothing }
            let text = unsafe UnsafeRawBufferPointer(start: base, count: count)
            return unsafe .target(String(decoding: text, as: UTF8.self))
        }
    }

    /// Last one first.
    private static func names(of path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.reversed().map { String($0) }
    }

    private static func parent(of directory: String) -> String {
        let above = directory.split(separator: "/").dropLast().joined(separator: "/")
        return "/" + above
    }

    private static func workingDirectory() -> String {
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}
