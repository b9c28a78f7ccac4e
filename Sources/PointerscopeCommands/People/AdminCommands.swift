import AccessControl
import PasswordHashing
import PointerEvents
import PosixIO

/// The commands about people who sign in; what they say goes to standard error, but for lists.
struct AdminCommands {
    let values: OptionValues
    let path: String
    let now: Int64

    /// Runs the command `word`.
    func run(_ word: String) throws(CommandFailure) {
        switch word {
        case "add": try add()
        case "list": try list()
        case "passwd": try passwd()
        case "role": try change { $0.role = PeopleWords.role(values["role"]) }
        case "scope": try change { $0.scope = PeopleWords.scope(values["scope"] ?? "") }
        default: try remove()
        }
    }

    private var text: String { values["account"] ?? "" }

    private func name() throws(CommandFailure) -> AccountName {
        guard let name = AccountName(text.utf8) else { throw CommandFailure("\(text): no name", .usage) }
        return name
    }

    private func add() throws(CommandFailure) {
        let name = try name()
        let files = try PeopleFiles(path, isMade: true)
        // Before a password is asked for that nobody needs.
        try Self.expectNone(name, try files.admins())
        let hash = try hashedPassword()
        let role = PeopleWords.role(values["role"])
        let scope = PeopleWords.scope(values["scope"] ?? "all")
        try files.changeAdmins { admins throws(CommandFailure) in
            try Self.expectNone(name, admins)
            admins.append(Admin(name: name, role: role, scope: scope, passwordHash: hash, createdAt: now))
        }
        complain("\(text) may sign in as \(role.word)\(scope.map { ", to \($0.text)" } ?? "")")
    }

    private static func expectNone(_ name: AccountName, _ admins: [Admin]) throws(CommandFailure) {
        guard !admins.contains(where: { $0.name == name }) else {
            throw CommandFailure(
                "\(name.text) is there already; admin passwd, role and scope change who is", .dataError)
        }
    }

    private func passwd() throws(CommandFailure) {
        let name = try name()
        let files = try PeopleFiles(path, isMade: false)
        guard try files.admins().contains(where: { $0.name == name }) else { throw unknown() }
        let hash = try hashedPassword()
        try change(files) { $0.passwordHash = hash }
    }

    private func change(_ body: (inout Admin) -> Void) throws(CommandFailure) {
        try change(try PeopleFiles(path, isMade: false), body)
    }

    private func change(
        _ files: borrowing PeopleFiles, _ body: (inout Admin) -> Void
    ) throws(CommandFailure) {
        let name = try name()
        try files.changeAdmins { admins throws(CommandFailure) in
            guard let index = admins.firstIndex(where: { $0.name == name }) else { throw unknown() }
            body(&admins[index])
        }
        complain("\(text) is changed, and signed in nowhere any more")
    }

    private func remove() throws(CommandFailure) {
        let name = try name()
        var left = 0
        try PeopleFiles(path, isMade: false).changeAdmins { admins throws(CommandFailure) in
            guard let index = admins.firstIndex(where: { $0.name == name }) else { throw unknown() }
            admins.remove(at: index)
            left = admins.count
        }
        let nobody =
            "; nobody can sign in any more: the next start of the server makes a link for a first admin"
        complain("\(text) may not sign in any more\(left == 0 ? nobody : "")")
    }

    private func unknown() -> CommandFailure {
        CommandFailure("there is no admin \(text); admin list tells who is", .noUser)
    }

    private func list() throws(CommandFailure) {
        var table = PeopleTable(["name", "role", "scope", "created", "seen"])
        table.rows = try PeopleFiles(path, isMade: false).admins().map { admin in
            [
                .text(admin.name.text), .text(admin.role.text), .optional(admin.scope?.text, orElse: "all"),
                .time(admin.createdAt), .time(admin.lastSeenAt),
            ]
        }
        try printTable(table, values)
    }

    /// Asks for a new password and hashes it.
    private func hashedPassword() throws(CommandFailure) -> PasswordHashText {
        var password = try NewPassword.read(for: text, values)
        defer { eraseSecret(&password) }
        let salt = (0..<Argon2idHash.newSaltBytes).map { _ in UInt8.random(in: .min ... .max) }
        guard let hash = unsafe password.withUnsafeBytes({ unsafe Argon2idHash(of: $0, salt: salt) }),
            let text = PasswordHashText(hash.text)
        else { throw CommandFailure("there is not enough memory to hash a password: 19 MiB", .system) }
        return text
    }
}

/// Prints a table, or the same as JSON.
func printTable(_ table: PeopleTable, _ values: OptionValues) throws(CommandFailure) {
    let isJSON = values["json"].flatMap { Complaint.truth(of: $0) } ?? false
    guard answer(isJSON ? table.json : table.text) == ExitCode.success.rawValue else {
        throw CommandFailure("", .inputOutput)
    }
}
