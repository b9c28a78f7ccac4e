import AccessControl
import PointerEvents
import PosixIO
import Secrets

/// The commands about programs that show a token; what they say goes to standard error, but for the token and
/// lists.
struct TokenCommands {
    let values: OptionValues
    let path: String
    let now: Int64

    /// Runs the command `word`.
    func run(_ word: String) throws(CommandFailure) {
        switch word {
        case "create": try create()
        case "list": try list()
        default: try revoke()
        }
    }

    private var text: String { values["account"] ?? "" }

    private func create() throws(CommandFailure) {
        guard let name = AccountName(text.utf8) else { throw CommandFailure("\(text): no name", .usage) }
        let bits = (0..<SecretBytes.count).map { _ in UInt8.random(in: .min ... .max) }
        guard let secret = SecretBytes(bits) else { return }
        let shown = BearerText(id: TokenID(.random(in: .min ... .max)), secret: secret)
        let lifetime = PeopleWords.seconds(values["expires"] ?? "")
        let token = ProgramToken(
            id: shown.id, name: name, role: PeopleWords.role(values["role"]),
            scope: PeopleWords.scope(values["scope"] ?? "all"), secretDigest: secret.digest, createdAt: now,
            expiresAt: lifetime.map { now + $0 })
        let files = try PeopleFiles(path, isMade: true)
        try files.changeTokens { tokens throws(CommandFailure) in tokens.append(token) }
        guard writeText(String(decoding: shown.text, as: UTF8.self) + "\n", to: 1) else {
            let reason = SystemError("write").text
            // Nobody has it: it would only lie there.
            try files.changeTokens { tokens throws(CommandFailure) in tokens.removeAll { $0.id == token.id } }
            throw CommandFailure("standard output: \(reason); the token is taken back", .inputOutput)
        }
        let end = token.expiresAt.map { "until \(PeopleTable.day($0)) UTC" } ?? "for ever"
        let pages = token.scope.map { ", to \($0.text)" } ?? ""
        complain("\(text) is let in as \(token.role.word)\(pages), \(end); the token is not shown again")
    }

    private func revoke() throws(CommandFailure) {
        var revoked: ProgramToken?
        try PeopleFiles(path, isMade: false).changeTokens { tokens throws(CommandFailure) in
            let byID = tokens.filter { $0.id == TokenID(text.utf8) }
            let found = byID.isEmpty ? tokens.filter { $0.name == AccountName(text.utf8) } : byID
            guard let token = found.first else {
                throw CommandFailure("there is no token \(text); token list tells which are", .noUser)
            }
            guard found.count == 1 else {
                let ids = found.map { String(decoding: $0.id.text, as: UTF8.self) }.joined(separator: ", ")
                throw CommandFailure(
                    "\(found.count) tokens are called \(text): name one by its id: \(ids)", .dataError)
            }
            tokens.removeAll { $0.id == token.id }
            revoked = token
        }
        guard let revoked else { return }
        complain(
            "\(revoked.name.text) (\(String(decoding: revoked.id.text, as: UTF8.self))) is let in no more")
    }

    private func list() throws(CommandFailure) {
        var table = PeopleTable(["id", "name", "role", "scope", "created", "expires", "used"])
        table.rows = try PeopleFiles(path, isMade: false).tokens().map { token in
            [
                .text(String(decoding: token.id.text, as: UTF8.self)), .text(token.name.text),
                .text(token.role.text), .optional(token.scope?.text, orElse: "all"), .time(token.createdAt),
                .time(token.expiresAt), .time(token.lastUsedAt),
            ]
        }
        try printTable(table, values)
    }
}
