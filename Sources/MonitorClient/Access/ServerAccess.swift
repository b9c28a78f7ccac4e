import HTTPWire
import PosixIO
import TLSClient

/// What `top` shows a server, and where it has that from: a token, a session of an earlier start, or somebody
/// who is asked.
final class ServerAccess {
    private let server: ServerURL
    private let trust: TLSTrust?
    private let file: SessionFile?
    private(set) var credential: Credential

    /// `token` goes before every session.
    init(
        to server: ServerURL, trusting trust: TLSTrust?, token: BearerToken?, environment: [String: String]
    ) {
        self.server = server
        self.trust = trust
        file = SessionFile(for: server, environment: environment)
        if let token {
            credential = .token(token)
        } else {
            credential = file?.read().map { .session($0) } ?? .none
        }
    }

    /// Finds something else to show, where the server has said no to what there was, as `why` says; returns
    /// the exit status where there is nothing.
    func renew(after why: StreamFailure) -> ExitCode? {
        complain("\(server.text) \(why.text)")
        if case .token = credential { return .noPermission }
        file?.remove()
        credential = .none
        guard SignIn.isPossible else {
            complain("there is no terminal to sign in on; --token-file FILE names a token")
            return .noPermission
        }
        do throws(SignIn.Refusal) {
            let cookies = try SignIn(to: server, trusting: trust).run()
            credential = .session(cookies)
            keep(cookies)
            return nil
        } catch {
            complain(error.text)
            return error.status
        }
    }

    private func keep(_ cookies: [UInt8]) {
        guard let file else { return }
        do throws(SystemError) {
            try file.write(cookies)
        } catch {
            complain("the session could not be kept in \(file.path): \(error.text)")
        }
    }
}
