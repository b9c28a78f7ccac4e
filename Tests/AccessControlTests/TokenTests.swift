import PointerEvents
import Secrets
import TestSupport
import Testing

@testable import AccessControl

struct TokenTests {
    private static let secretText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    private func secret(_ first: UInt8 = 0) throws -> SecretBytes {
        try #require(SecretBytes((0..<32).map { $0 + first }))
    }

    private func token(
        _ id: UInt64, _ name: String = "prom", role: Role = .viewer, scope: String? = nil,
        expiresAt: Int64? = nil,
        usedAt: Int64? = nil
    ) throws -> ProgramToken {
        ProgramToken(
            id: TokenID(id), name: try #require(AccountName(name.utf8)), role: role,
            scope: scope.flatMap { PageScope(parsing: $0.utf8) }, secretDigest: try secret().digest,
            createdAt: 1_700_000_000, expiresAt: expiresAt, lastUsedAt: usedAt)
    }

    @Test func aTokenHasOneText() throws {
        let text = "ps_0123456789abcdef_\(Self.secretText)"
        let read = try #require(BearerText(text.utf8))
        #expect(try read.id == TokenID(0x0123_4567_89AB_CDEF) && read.secret.matches(secret()))
        #expect(read.text == Array(text.utf8) && text.utf8.count == BearerText.count)
        for wrong in [
            "", "ps_", String(text.dropLast()), text + "A", " " + text, text + " ", "PS" + text.dropFirst(2),
            text.replacing("abcdef", with: "ABCDEF"), text.replacing("_A", with: "-A"),
            "ps-" + text.dropFirst(3),
            String(text.dropLast()) + "9", String(text.dropLast()) + "=", String(text.dropLast()) + "+",
            text.replacing("0123", with: "0 23"),
        ] {
            #expect(BearerText(wrong.utf8) == nil, "\(wrong)")
        }
    }

    @Test(arguments: [
        "Bearer ", "bearer ", "BEARER  ",
    ])
    func bearerIsRead(scheme: String) throws {
        let text = "ps_0123456789abcdef_\(Self.secretText)"
        guard case .token(let token) = Authorization(Array("\(scheme)\(text)".utf8)) else {
            Issue.record("not read")
            return
        }
        #expect(token.text == Array(text.utf8))
    }

    @Test func basicHasTheTokenAsPassword() throws {
        // base64 of prom:ps_0123456789abcdef_AAEC..., of :TOKEN, and of a name with a line end.
        let text = "ps_0123456789abcdef_\(Self.secretText)"
        for name in ["prom", "", "a b", "?>?>~~"] {
            let value = "Basic \(standardBase64(Array("\(name):\(text)".utf8)))"
            guard case .token(let token) = Authorization(Array(value.utf8)) else {
                Issue.record("\(name) is not read")
                continue
            }
            #expect(token.id == TokenID(0x0123_4567_89AB_CDEF))
        }
        let value = standardBase64(Array("p:\(text)".utf8))
        for wrong in [
            "Basic", "Basic ", "Basic =", "Basic \(value)=", "Basic \(value.dropLast())", "Basic \(value) ",
            "Basic \(standardBase64(Array(text.utf8)))",
            // The alphabet of addresses.
            "Basic " + standardBase64(Array("?>?>~~:\(text)".utf8)).replacing("/", with: "_"),
            "Basic " + standardBase64(Array("?>?>~~:\(text)".utf8)).replacing("+", with: "-"),
        ] {
            guard case .refused = Authorization(Array(wrong.utf8)) else {
                Issue.record("\(wrong) is read")
                continue
            }
        }
    }

    private func standardBase64(_ bytes: [UInt8]) -> String {
        let text = String(decoding: Base64URL.encode(bytes), as: UTF8.self)
        let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
        return text.replacing("-", with: "+").replacing("_", with: "/") + padding
    }

    @Test func whatShowsNothingIsRefused() {
        func fault(_ value: String) -> Authorization.Fault? {
            if case .refused(let fault) = Authorization(Array(value.utf8)) { fault } else { nil }
        }
        #expect(
            fault("") == .otherScheme && fault("Digest a=b") == .otherScheme
                && fault("Bearerps_x") == .otherScheme)
        #expect(fault("Bearer") == .malformedToken && fault("Bearer a.b") == .malformedToken)
        #expect(fault("Bearer ps_a.b.c") == .malformedToken)
        #expect(fault("Bearer a.b.c") == nil)
        #expect(fault("Bearer \(String(repeating: "a", count: 4_097))") == .tooLong)
        #expect(fault("Basic \(String(repeating: "a", count: 9_000))") == .tooLong)
        guard case .jwt(let text) = Authorization(Array("Bearer a.b.c".utf8)) else {
            Issue.record("no JWT")
            return
        }
        #expect(text == Array("a.b.c".utf8))
    }

    @Test func theFileIsPinned() throws {
        let tokens = [
            try token(1),
            try token(
                .max, "wall", role: .operator, scope: "page:/a/* page:/b", expiresAt: 1_800_000_000,
                usedAt: 1_750_000_000),
        ]
        let digest = String(decoding: Base64URL.encode(try secret().digest.bytes), as: UTF8.self)
        let lines = """
            pointerscope tokens 1
            0000000000000001 prom viewer 1700000000 - - \(digest) -
            ffffffffffffffff wall operator 1700000000 1800000000 1750000000 \(digest) page:/a/* page:/b

            """
        let sum = String(decoding: Base64URL.encode(SHA256Digest(of: lines.utf8).bytes), as: UTF8.self)
        #expect(String(decoding: TokenFile.bytes(of: tokens), as: UTF8.self) == lines + "sha256 \(sum)\n")
        #expect(try TokenFile.parse(TokenFile.bytes(of: tokens)) == tokens)
        #expect(try TokenFile.parse(TokenFile.bytes(of: [])) == [])
    }

    @Test func everyCutAndEveryChangedByteIsSeen() throws {
        let bytes = TokenFile.bytes(of: [
            try token(1), try token(2, "wall", role: .operator, scope: "page:/a/*", expiresAt: 1_800_000_000),
        ])
        for index in bytes.indices {
            #expect(throws: AccessFileFault.self, "cut at \(index)") {
                try TokenFile.parse(Array(bytes[..<index]))
            }
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(throws: AccessFileFault.self, "bit \(bit) of \(index)") {
                    try TokenFile.parse(changed)
                }
            }
            var without = bytes
            without.remove(at: index)
            #expect(throws: AccessFileFault.self, "without \(index)") { try TokenFile.parse(without) }
        }
        #expect(throws: AccessFileFault.self) { try TokenFile.parse(bytes + [10]) }
    }

    @Test(arguments: [
        ("0000000000000001 prom viewer 1 - - DIGEST", AccessFileFault.Kind.malformedRecord),
        ("000000000000000G prom viewer 1 - - DIGEST -", .malformedRecord),
        ("0000000000000001 prom viewer 1 - - DIGES -", .malformedRecord),
        ("0000000000000001 pr/m viewer 1 - - DIGEST -", .malformedName),
        ("0000000000000001 prom admin 1 - - DIGEST -", .unknownRole),
        ("0000000000000001 prom viewer - - - DIGEST -", .malformedTime),
        ("0000000000000001 prom viewer 1 01 - DIGEST -", .malformedTime),
        ("0000000000000001 prom viewer 1 - never DIGEST -", .malformedTime),
        ("0000000000000001 prom viewer 1 - - DIGEST all", .malformedScope),
        (
            "0000000000000001 prom viewer 1 - - DIGEST -\n0000000000000001 b viewer 1 - - DIGEST -",
            .repeatedName
        ),
    ])
    func recordsThatAreNone(record: String, expected: AccessFileFault.Kind) throws {
        let digest = String(decoding: Base64URL.encode(try secret().digest.bytes), as: UTF8.self)
        let lines = "pointerscope tokens 1\n\(record.replacing("DIGEST", with: digest))\n"
        let sum = String(decoding: Base64URL.encode(SHA256Digest(of: lines.utf8).bytes), as: UTF8.self)
        let fault = #expect(throws: AccessFileFault.self) {
            try TokenFile.parse(Array("\(lines)sha256 \(sum)\n".utf8))
        }
        #expect(fault?.kind == expected && fault?.line == record.split(separator: "\n").count + 1)
    }

    @Test func aTokenGrantsUntilItEnds() throws {
        var table = TokenTable()
        #expect(
            table.tokensChanged(to: [try token(1, expiresAt: 2_000), try token(2, role: .operator)]) == [])
        let first = BearerText(id: TokenID(1), secret: try secret())
        let grant = try table.grant(for: first, now: 1_000).get()
        #expect(grant.name.text == "prom" && grant.role == .viewer && grant.endsAt == 2_000)
        #expect(grant.source == .token(id: Array("0000000000000001".utf8)))
        #expect(table.isUnwritten && table.tokens[0].lastUsedAt == 1_000)
        table.tokensWritten()
        // Within the hour nothing has to be written.
        #expect(try table.grant(for: first, now: 1_999).get() == grant && !table.isUnwritten)
        #expect(table.grant(for: first, now: 2_000) == .failure(.expired))
        #expect(
            table.grant(for: BearerText(id: TokenID(1), secret: try secret(1)), now: 1_000)
                == .failure(.unknown))
        #expect(
            table.grant(for: BearerText(id: TokenID(3), secret: try secret()), now: 1_000)
                == .failure(.unknown))
        #expect(
            try table.grant(for: BearerText(id: TokenID(2), secret: try secret()), now: 9_000).get().endsAt
                == nil)
    }

    @Test func whatAFileTakesBackEnds() throws {
        var table = TokenTable()
        _ = table.tokensChanged(to: [try token(1), try token(2), try token(3), try token(4)])
        _ = table.grant(for: BearerText(id: TokenID(3), secret: try secret()), now: 1_000)
        let ended = table.tokensChanged(
            to: [try token(2, role: .operator), try token(3), try token(4, scope: "page:/a"), try token(5)])
        #expect(ended.map(\.why) == [.revoked, .changed, .changed])
        #expect(ended.map(\.source) == [1, 2, 4].map { .token(id: TokenID($0).text) })
        // A use that the file does not know is kept, and still to be written.
        #expect(table.tokens[1].lastUsedAt == 1_000 && table.isUnwritten)
        #expect(table.tokensChanged(to: table.tokens) == [] && !table.isUnwritten)
    }
}
