import ByteCore
import Glibc
import PosixIO
import TLSClient

/// Asks a person on the terminal for a name and a password, and a server for a session.
struct SignIn {
    /// Why there is no session, and the exit status that says so.
    struct Refusal: Error {
        let status: ExitCode
        let text: String
    }

    private let server: ServerURL
    private static let path = "/api/session"

    private let trust: TLSTrust?

    init(to server: ServerURL, trusting trust: TLSTrust?) {
        self.server = server
        self.trust = trust
    }

    /// Whether there is a terminal to ask on.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Returns the session's cookies.
    func run() throws(Refusal) -> [UInt8] {
        let addresses = try asked { () throws(StreamRefusal) in
            try HTTPExchange(trusting: trust).addresses(of: server)
        }
        guard server.isSecure || addresses.allSatisfy(\.isLoopback) else {
            throw Refusal(
                status: .noPermission,
                text: "a password is not sent through a network where others can read it; make a tunnel, "
                    + "ssh -L 2112:127.0.0.1:\(server.port) \(server.host), and watch http://127.0.0.1:2112")
        }
        for _ in 0..<TopLimits.signInTries {
            guard let name = Self.ask("name: "), !name.isEmpty else { throw Self.notSignedIn }
            switch try tell(name: name, at: addresses) {
            case .wrong: complain("name or password is wrong")
            case let answer: return try settle(answer, name: name, at: addresses)
            }
        }
        throw Refusal(status: .noPermission, text: "not signed in after \(TopLimits.signInTries) tries")
    }

    private static let notSignedIn = Refusal(status: .noPermission, text: "not signed in")

    /// Asks for the password, and sends both.
    private func tell(name: String, at addresses: [SocketAddress]) throws(Refusal) -> SignInAnswer {
        let typed: [UInt8]?
        do throws(SystemError) {
            typed = try HiddenLine.ask("password: ")
        } catch {
            throw Refusal(status: .system, text: error.text)
        }
        guard var password = consume typed, !password.isEmpty else { throw Self.notSignedIn }
        defer { unsafe password.withUnsafeMutableBytes { unsafe explicit_bzero($0.baseAddress!, $0.count) } }
        guard String(validating: password, as: UTF8.self) != nil else {
            throw Refusal(status: .noPermission, text: "the password is not UTF-8 text")
        }
        var body = ByteBuffer(capacity: 8192)
        defer { body.wipe() }
        body.append("{\"name\":")
        var name = name
        name.withUTF8 { unsafe body.appendJSONString(UnsafeRawBufferPointer($0)) }
        body.append(",\"password\":")
        unsafe password.withUnsafeBytes { unsafe body.appendJSONString($0) }
        body.append(",\"takeOver\":false}")
        return try post(body, at: addresses)
    }

    /// What is to be done with an answer to the right password.
    private func settle(
        _ answer: SignInAnswer, name: String, at addresses: [SocketAddress]
    ) throws(Refusal) -> [UInt8] {
        switch answer {
        case .signedIn(let cookies, _): return cookies
        case .taken(let since, let address, let ticket):
            let time = since.map { " since \(SummaryLine.timeOfDay(epochNanoseconds: $0 * 1_000_000_000))" }
            let place = address.isEmpty ? "" : " from \(oneLine(address))"
            let question = "\(oneLine(name)) is signed in\(time ?? "")\(place); take over? [y/N] "
            guard let reply = Self.ask(question), ["y", "yes"].contains(reply.lowercased()) else {
                throw Self.notSignedIn
            }
            var body = ByteBuffer(capacity: 256)
            body.append("{\"ticket\":")
            var text = ticket
            text.withUTF8 { unsafe body.appendJSONString(UnsafeRawBufferPointer($0)) }
            body.append("}")
            guard case .signedIn(let cookies, _) = try post(body, at: addresses) else {
                throw Refusal(status: .noPermission, text: "\(server.text) no longer lets you take over")
            }
            return cookies
        case .later(let seconds):
            let when = seconds.map { "in \($0) s" } ?? "later"
            throw Refusal(status: .temporaryFailure, text: "\(server.text) wants the next try \(when)")
        case .wrong: throw Self.notSignedIn
        case .refused(let status):
            throw Refusal(
                status: .noPermission, text: "\(server.text) answered \(status) where one signs in")
        case .unreadable:
            throw Refusal(
                status: .noPermission, text: "\(server.text) signed you in and gave no session to go on with")
        }
    }

    private func post(
        _ body: borrowing ByteBuffer, at addresses: [SocketAddress]
    ) throws(Refusal) -> SignInAnswer {
        do throws(StreamRefusal) {
            return SignInAnswer(
                try HTTPExchange(trusting: trust).post(body, to: Self.path, of: server, at: addresses))
        } catch {
            throw Refusal(status: .unavailable, text: "\(server.text) \(error.failure.text)")
        }
    }

    private func asked<Value>(
        _ body: () throws(StreamRefusal) -> Value
    ) throws(Refusal) -> Value {
        do throws(StreamRefusal) {
            return try body()
        } catch {
            throw Refusal(status: .unavailable, text: "\(server.text) \(error.failure.text)")
        }
    }

    /// A line of standard input, which is a terminal, without white space around it; nil at its end.
    private static func ask(_ question: String) -> String? {
        NonblockingOutput.say(question, on: STDERR_FILENO)
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(STDIN_FILENO, &room, room.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0, let line = String(validating: room[..<count], as: UTF8.self) else {
                NonblockingOutput.say("\n", on: STDERR_FILENO)
                return nil
            }
            let words = line.split { $0.isWhitespace }
            return words.joined(separator: " ")
        }
    }
}
