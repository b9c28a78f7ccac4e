import PosixIO

/// Tokens in the order in which they came.
struct TokenQueue {
    private var tokens: [Token] = []
    private var first = 0

    var isEmpty: Bool { first == tokens.count }

    mutating func append(_ token: Token) { tokens.append(token) }

    mutating func popFirst() -> Token? {
        guard first < tokens.count else { return nil }
        defer {
            first += 1
            // What was taken goes when it is half of all, so that each costs one move at most.
            if first * 2 >= tokens.count {
                tokens.removeFirst(first)
                first = 0
            }
        }
        return tokens[first]
    }
}
