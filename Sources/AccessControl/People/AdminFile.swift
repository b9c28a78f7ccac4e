import PointerEvents

/// The file `admins`: everybody who may sign in.
///
/// ```
/// pointerscope admins 1
/// NAME ROLE CREATED SEEN HASH SCOPE    SEEN and SCOPE may be -; SCOPE goes to the end of the line
/// sha256 ...
/// ```
public enum AdminFile {
    private static let kind: StaticString = "admins"
    private static let version = 1

    /// The file of `admins`, at most 4,096 of them, no two of one name.
    public static func bytes(of admins: [Admin]) -> [UInt8] {
        RecordText.write(kind: kind, version: version, records: admins.map(record))
    }

    /// Reads a file whole; nothing of it is taken where anything is wrong with it.
    public static func parse(_ bytes: [UInt8]) throws(AccessFileFault) -> [Admin] {
        var admins: [Admin] = []
        var names: Set<AccountName> = []
        try RecordText.read(bytes, kind: kind, version: version, maximumBytes: Limits.adminFileBytes) {
            (record: ArraySlice<UInt8>, line: Int) throws(AccessFileFault) in
            guard admins.count < Limits.admins else { throw AccessFileFault(line: line, kind: .tooMany) }
            let admin = try Self.admin(record, line: line)
            guard names.insert(admin.name).inserted else {
                throw AccessFileFault(line: line, kind: .repeatedName)
            }
            admins.append(admin)
        }
        return admins
    }

    private static func record(_ admin: Admin) -> [UInt8] {
        let seen = admin.lastSeenAt.map { "\($0)" } ?? "-"
        let front = "\(admin.name.text) \(admin.role.text) \(admin.createdAt) \(seen) "
        return Array(front.utf8) + admin.passwordHash.bytes + Array(" \(admin.scope?.text ?? "-")".utf8)
    }

    private static func admin(_ record: ArraySlice<UInt8>, line: Int) throws(AccessFileFault) -> Admin {
        func fault(_ kind: AccessFileFault.Kind) -> AccessFileFault {
            AccessFileFault(line: line, kind: kind)
        }
        let fields = record.split(
            separator: UInt8(ascii: " "), maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6 else { throw fault(.malformedRecord) }
        guard let name = AccountName(fields[0]) else { throw fault(.malformedName) }
        guard let role = Role(word: fields[1]) else { throw fault(.unknownRole) }
        guard let createdAt = RecordText.epochSeconds(fields[2]) else { throw fault(.malformedTime) }
        let lastSeenAt = RecordText.epochSeconds(fields[3])
        guard lastSeenAt != nil || RecordText.isNone(fields[3]) else { throw fault(.malformedTime) }
        guard let hash = PasswordHashText(fields[4]) else { throw fault(.malformedHash) }
        let scope = PageScope(parsing: fields[5])
        guard scope != nil || RecordText.isNone(fields[5]) else { throw fault(.malformedScope) }
        return Admin(
            name: name, role: role, scope: scope, passwordHash: hash, createdAt: createdAt,
            lastSeenAt: lastSeenAt)
    }
}
