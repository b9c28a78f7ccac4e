import ByteCore

@testable import MonitorClient

extension FuzzTarget {
    /// What a server answers to somebody who signs in: a status, then a Set-Cookie value and the body, with a
    /// line feed between. Whatever is kept of it must be fit for a field.
    static let signInAnswer = FuzzTarget(name: "sign-in-answer", longestInput: 1_024, seeds: answerSeeds) {
        input in
        let copy = ExactCopy(input)
        let parts = copy.readable.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let status = UInt16(String(decoding: parts[0], as: UTF8.self)) else {
            return nil
        }
        let body = ExactCopy(UnsafeRawBufferPointer(rebasing: parts[2]))
        let answer = HTTPAnswer(
            status: status, retryAfter: nil, newCookies: [Array(parts[1])], body: Array(body.readable))
        switch SignInAnswer(answer) {
        case .signedIn(let cookies, _):
            guard status == 200, cookies.count <= TopLimits.cookieBytes else {
                return "a session of \(status)"
            }
            return cookies.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x3B }
                ? nil : "a cookie that is none"
        case .taken(let since, _, _): return status == 409 ? nil : "taken since \(since ?? 0) of \(status)"
        case .wrong, .later, .refused, .unreadable: break
        }
        let end = SignedOut(body.readable)
        return StreamFailure.signedOut(end).text.utf8.contains { $0 < 0x20 } ? "a text of several lines" : nil
    }

    @Sendable private static func answerSeeds() -> [[UInt8]] {
        Seed.texts([
            "200\npointerscope=abc; Path=/; HttpOnly\n{\"name\":\"ann\",\"role\":\"viewer\",\"endsAt\":1732}",
            "401\n\n{\"why\":\"credentials\"}",
            "409\n\n{\"why\":\"taken\",\"since\":1732,\"address\":\"::1\",\"ticket\":\"t\\u0041\"}",
            "429\n\n", "307\n\n{\"why\":\"taken-over\",\"by\":\"10.0.0.7\\n\"}", "200\na=\n{}",
            "200\na=b\n[1]",
        ])
    }
}
