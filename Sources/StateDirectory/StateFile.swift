/// What lies in a state directory, each in a file of its own with mode 0600.
public enum StateFile: UInt8, CaseIterable, Sendable {
    /// The people who may sign in.
    case admins = 1
    /// The tokens of programs.
    case tokens = 2
    /// What the server signs with.
    case key = 3
    /// The link for the first admin, as long as it holds.
    case invite = 4
    /// Who is signed in, so that a restart asks nobody to sign in again.
    case sessions = 5
    /// What visitors' identities are signed with.
    case identityKey = 6
    /// Which of visitors' tokens have been used, as the server knew it when it stopped.
    case identityClaims = 7

    /// Its name in the directory.
    public var name: String {
        switch self {
        case .admins: "admins"
        case .tokens: "tokens"
        case .key: "key"
        case .invite: "first-admin-link"
        case .sessions: "sessions"
        case .identityKey: "identity-key"
        case .identityClaims: "identity-claims"
        }
    }

    /// The most it may hold.
    public var limitBytes: Int {
        switch self {
        case .admins, .tokens: Limits.recordsFileBytes
        case .key, .identityKey, .invite: Limits.lineFileBytes
        case .sessions: Limits.sessionsFileBytes
        case .identityClaims: Limits.claimsFileBytes
        }
    }
}

/// Which writing of a file it is: every change is a new file under the old name.
///
/// As bytes, numbers in host byte order:
/// ```
///  0         8         16                  24                  32
///  | inode   | bytes   | last modification | last change       |
///  | u64     | i64     | ns, i64           | ns, i64           |
/// ```
public struct FileStamp: Equatable, Sendable, BitwiseCopyable {
    /// Its inode, which differs from that of the writing before: both were there at once.
    public let inode: UInt64
    /// Bytes in it.
    public let byteCount: Int64
    /// When its contents changed last, in nanoseconds since the epoch.
    public let modified: Int64
    /// When anything about it changed last, its mode for example.
    public let changed: Int64

    /// Puts a stamp together.
    public init(inode: UInt64, byteCount: Int64, modified: Int64, changed: Int64) {
        self.inode = inode
        self.byteCount = byteCount
        self.modified = modified
        self.changed = changed
    }
}

/// A file as it was read.
public struct StoredFile: Equatable, Sendable {
    /// All of it.
    public let bytes: [UInt8]
    /// Which writing of it that was.
    public let stamp: FileStamp
}
