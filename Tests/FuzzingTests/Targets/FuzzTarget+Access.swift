import ByteCore
import Secrets

@testable import AccessControl

extension FuzzTarget {
    /// The file of admins. The input is what stands in front of the checksum, which is made to fit, as it
    /// lets nothing through otherwise: refused with a line, or written again as it was read.
    static let adminFile = FuzzTarget(
        name: "admin-file", longestInput: 2_048,
        seeds: {
            let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$dGFn"
            return Seed.texts([
                "pointerscope admins 1\n", "pointerscope admins 2\n", "pointerscope tokens 1\n",
                "pointerscope admins 1\nada operator 1799999000 - \(hash) -\n",
                "pointerscope admins 1\nada operator 0 253402300799 \(hash) page:/shop/* page:/\nb.~_- viewer 1 2 \(hash) -\n",
                "pointerscope admins 1\nada operator 1 - \(hash) -\nada viewer 01 - \(hash) page:\n",
            ])
        }
    ) { input in
        let body = Array(input)
        let digest = Base64URL.encode(SHA256Digest(of: body).bytes)
        let whole = body + Array("sha256 ".utf8) + digest + [UInt8(ascii: "\n")]
        if let fault = adminFault(whole) { return fault }
        return adminFault(body)
    }

    private static func adminFault(_ bytes: [UInt8]) -> String? {
        do throws(AccessFileFault) {
            let admins = try AdminFile.parse(bytes)
            return AdminFile.bytes(of: admins) == bytes ? nil : "\(admins) are written otherwise again"
        } catch {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
            return (1...lines + 1).contains(error.line) ? nil : "line \(error.line) of \(lines)"
        }
    }

    /// The file of sessions, in the same way: refused, or sessions that can be used and are written again
    /// as they were read.
    static let sessionFile = FuzzTarget(
        name: "session-file", longestInput: 2_048, seeds: sessionSeeds
    ) { input in
        let body = Array(input)
        let whole = body + SHA256Digest(of: body).bytes
        guard let records = try? SessionFile.parse(whole) else { return nil }
        guard SessionFile.bytes(of: records) == whole else { return "\(records) are written otherwise again" }
        // As admins who are what they were, one after the other, at moments near and far.
        for seconds in [0, Limits.latestEpochSeconds] + records.map(\.lastUsedAt) {
            var authority = Authority(settings: AuthoritySettings(sessionsPerAdmin: 16), key: fuzzedKey)
            let now = Instant(epochSeconds: seconds, monotonicNanoseconds: 0)
            guard let count = try? authority.restoreSessions(from: whole, now: now), count == 0 else {
                return "sessions of nobody are taken up"
            }
            _ = authority.adminsChanged(to: [fuzzedAdmin])
            guard let known = try? authority.restoreSessions(from: whole, now: now) else {
                return "refused now"
            }
            for record in records { _ = authority.use(record.key, now: now) }
            let written = authority.sessionFile(now: now)
            guard (try? SessionFile.parse(written))?.count == known else { return "\(known) are not written" }
            _ = authority.expire(now: now)
        }
        return nil
    }

    private static let fuzzedKey = SecretBytes([UInt8](repeating: 1, count: 32))!

    private static let fuzzedAdmin = Admin(
        name: AccountName("ada".utf8)!, role: .operator, passwordHash: .decoy, createdAt: 0)

    @Sendable private static func sessionSeeds() -> [[UInt8]] {
        func record(_ number: UInt8, _ address: PeerAddress?, _ agent: String) -> SessionFile.Record {
            SessionFile.Record(
                key: SessionKey(digest: SHA256Digest(of: [number])), stamp: fuzzedAdmin.stamp,
                signedInAt: 1_800_000_000, lastUsedAt: 1_800_000_100 + Int64(number),
                client: Client(address: address, agent: agent.utf8), name: fuzzedAdmin.name)
        }
        let records = [
            record(1, .ip(IPAddress(v4: 0xC000_0201)), "Mozilla/5.0"),
            record(2, .ip(IPAddress(high: 0x2001_0DB8 << 32, low: 1)), ""), record(3, .unixSocket, "curl/8"),
            record(4, nil, "x"),
        ]
        return [[], Array(records[..<1]), records].map { Array(SessionFile.bytes(of: $0).dropLast(32)) }
    }
}
