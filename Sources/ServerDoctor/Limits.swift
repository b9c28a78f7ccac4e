/// Bounds of `doctor`, each with its reason.
enum Limits {
    /// For a connection, and again for the TLS handshake: long for the longest way, short for a person who
    /// waits.
    static let connectMilliseconds = 5_000
    /// For an answer's head, and again for its body.
    static let answerMilliseconds = 5_000
    /// For a resolver, which may ask several servers in turn.
    static let resolveMilliseconds = 10_000
    /// How long a stream is watched, from which something is due once a second.
    static let streamMilliseconds = 2_400
    /// What comes so soon behind the last bytes belongs to them.
    static let pauseMilliseconds = 200
    /// For a server to say that it cannot know where a viewer was; it says so at once.
    static let resetMilliseconds = 2_000
    /// For a pong.
    static let pongMilliseconds = 5_000
    /// Of a body: pages and metrics are smaller.
    static let bodyBytes = 256 * 1024
    /// Of somebody's page: what browsers need to find a tag in its head many times over.
    static let pageBytes = 1 << 20
    /// Redirects that are followed: to https, to a name with www, to a language.
    static let redirects = 5
    /// One read.
    static let readBytes = 16 * 1024
    /// A token file: a token has 60 bytes, and some write a line about it.
    static let tokenFileBytes = 4_096
    static let tokenFileMilliseconds = 5_000

    /// The moment so far from now, in monotonic nanoseconds.
    static func nanoseconds(_ milliseconds: Int) -> Int64 { Int64(milliseconds) * 1_000_000 }
}
