/// Bounds of `top` and of what it shares with the front process, each with its reason.
enum TopLimits {
    /// Between two words to the server about whom somebody looks at, who may be going through a list.
    static let lookNanoseconds: Int64 = 100_000_000
    /// For a server to take the connection: long for the longest way, short for a person who waits.
    static let connectSeconds = 5
    /// From the connection, and again from the answer, until a server says something: ours says it at once.
    static let answerSeconds = 5
    /// A stream without a byte: a server sends a status a second and a heartbeat every 15 s.
    static let silenceSeconds = 40
    /// For a resolver, which may ask several servers in turn.
    static let resolveSeconds = 10
    /// For the picture that `--once` prints.
    static let onceSeconds = 10
    /// For a master to say that it goes on alone.
    static let detachSeconds = 2
    /// For the server to answer what was asked of its workers before it is said that it has not: new ones are
    /// there in a fraction of that, unless they fail.
    static let operatorSeconds = 5
    /// One read of its answer, which has some hundred bytes.
    static let operatorBytes = 4 * 1024
    /// For a whole answer to somebody who signs in: hashing takes its turn behind sixteen others.
    static let exchangeSeconds = 15
    /// Of such an answer: some hundred bytes of ours.
    static let answerBytes = 64 * 1024
    /// Arrays and objects within one another in it.
    static let answerDepth = 8
    /// Cookies of a session: ours take 200 bytes.
    static let cookieBytes = 4 * 1024
    /// Names and passwords asked for in a row: a server that counts them lets nobody wait for five.
    static let signInTries = 3
    /// A server's last word, sent back to it; ours are 37 bytes at most.
    static let eventIDBytes = 128
    /// One read of a stream: what the hub makes of a tick, all at once.
    static let readBytes = 64 * 1024
    /// Reads in one wake-up, so that a loud server never keeps keys from being read.
    static let readsPerTurn = 16
    /// A settings or theme file: a hundred times what either needs.
    static let fileBytes = 64 * 1024

    /// Files of pictures that one second has names for: more than anybody asks for by hand.
    static let filesOfOneSecond = 100

    /// For a thread to write the last lines, where standard output cannot be written without waiting.
    static let settleMilliseconds: Int32 = 500

    static func nanoseconds(_ seconds: Int) -> Int64 { Int64(seconds) * 1_000_000_000 }
    /// Links that are followed from one file to where it is kept: as many as the kernel follows.
    static let links = 40
}
