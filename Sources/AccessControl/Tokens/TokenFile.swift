import PointerEvents
import Secrets

/// The file `tokens`: everything that programs may show.
///
/// ```
/// pointerscope tokens 1
/// ID NAME ROLE CREATED EXPIRES USED DIGEST SCOPE    EXPIRES, USED and SCOPE may be -; SCOPE ends the line
/// sha256 ...
/// ```
public enum TokenFile {
    private static let kind: StaticString = "tokens"
    private static let version = 1

    /// The file of `tokens`, at most 4,096 of them, no two of one id.
    public static func bytes(of tokens: [ProgramToken]) -> [UInt8] {
        RecordText.write(kind: kind, version: version, records: tokens.map(record))
    }

    /// Reads a file whole; nothing of it is taken where anything is wrong with it.
    public static func parse(_ bytes: [UInt8]) throws(AccessFileFault) -> [ProgramToken] {
        var tokens: [ProgramToken] = []
        var ids: Set<TokenID> = []
        try RecordText.read(bytes, kind: kind, version: version, maximumBytes: Limits.tokenFileBytes) {
            (record: ArraySlice<UInt8>, line: Int) throws(AccessFileFault) in
            guard tokens.count < Limits.tokens else { throw AccessFileFault(line: line, kind: .tooMany) }
            let token = try Self.token(record, line: line)
            guard ids.insert(token.id).inserted else {
                throw AccessFileFault(line: line, kind: .repeatedName)
            }
            tokens.append(token)
        }
        return tokens
    }

    private static func record(_ token: ProgramToken) -> [UInt8] {
        func time(_ seconds: Int64?) -> String { seconds.map { "\($0)" } ?? "-" }
        let times = "\(token.createdAt) \(time(token.expiresAt)) \(time(token.lastUsedAt))"
        let front = Array(" \(token.name.text) \(token.role.text) \(times) ".utf8)
        let back = Array(" \(token.scope?.text ?? "-")".utf8)
        return token.id.text + front + Base64URL.encode(token.secretDigest.bytes) + back
    }

    private static func token(_ record: ArraySlice<UInt8>, line: Int) throws(AccessFileFault) -> ProgramToken
    {
        func fault(_ kind: AccessFileFault.Kind) -> AccessFileFault {
            AccessFileFault(line: line, kind: kind)
        }
        func time(_ field: ArraySlice<UInt8>) throws(AccessFileFault) -> Int64? {
            if RecordText.isNone(field) { return nil }
            guard let seconds = RecordText.epochSeconds(field) else { throw fault(.malformedTime) }
            return seconds
        }
        let fields = record.split(
            separator: UInt8(ascii: " "), maxSplits: 7, omittingEmptySubsequences: false)
        guard fields.count == 8, let id = TokenID(fields[0]) else { throw fault(.malformedRecord) }
        guard let name = AccountName(fields[1]) else { throw fault(.malformedName) }
        guard let role = Role(word: fields[2]) else { throw fault(.unknownRole) }
        guard let createdAt = RecordText.epochSeconds(fields[3]) else { throw fault(.malformedTime) }
        guard let digest = Base64URL.decode(fields[6]).flatMap({ SHA256Digest($0) }) else {
            throw fault(.malformedRecord)
        }
        let scope = PageScope(parsing: fields[7])
        guard scope != nil || RecordText.isNone(fields[7]) else { throw fault(.malformedScope) }
        return ProgramToken(
            id: id, name: name, role: role, scope: scope, secretDigest: digest, createdAt: createdAt,
            expiresAt: try time(fields[4]), lastUsedAt: try time(fields[5]))
    }
}
