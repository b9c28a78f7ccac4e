import PointerEvents
import Secrets
import TestSupport
import Testing

@testable import AccessControl

struct AdminFileTests {
    private static let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$H1"

    private static let admins: [Admin] = {
        var ada = Fixture.admin("ada")
        ada.lastSeenAt = 1_799_999_999
        return [ada, Fixture.admin("eva.b", role: .viewer, scope: "page:/shop/* page:/")]
    }()

    private func fault(_ text: String) -> AccessFileFault? { fault(Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]) -> AccessFileFault? {
        do throws(AccessFileFault) {
            _ = try AdminFile.parse(bytes)
            return nil
        } catch {
            return error
        }
    }

    /// With the checksum that belongs to it.
    private func signed(_ text: String) -> String {
        let digest = Base64URL.encode(SHA256Digest(of: text.utf8).bytes)
        return text + "sha256 \(String(decoding: digest, as: UTF8.self))\n"
    }

    @Test func theFormIsAsItIsDrawn() throws {
        let text = signed(
            """
            pointerscope admins 1
            ada operator 1799999000 1799999999 \(Self.hash) -
            eva.b viewer 1799999000 - \(Self.hash) page:/shop/* page:/

            """)
        #expect(String(decoding: AdminFile.bytes(of: Self.admins), as: UTF8.self) == text)
        #expect(try AdminFile.parse(Array(text.utf8)) == Self.admins)
        #expect(try AdminFile.parse(AdminFile.bytes(of: [])) == [])
    }

    @Test func cutAtAnyByteItIsRefused() {
        let bytes = AdminFile.bytes(of: Self.admins)
        for count in 0..<bytes.count { #expect(fault(Array(bytes[..<count])) != nil, "\(count) bytes") }
        #expect(fault([])?.kind == .cutShort)
        // At the end of a line, where nothing looks broken.
        let lines = bytes.split(separator: 10).map { Array($0) + [10] }
        for count in 1..<lines.count {
            let found = fault(Array(lines[..<count].joined()))
            #expect(found == AccessFileFault(line: count + 1, kind: .cutShort))
        }
    }

    @Test func aByteThatWasChangedIsSeen() {
        let bytes = AdminFile.bytes(of: Self.admins)
        for index in bytes.indices {
            for other: UInt8 in [
                bytes[index] ^ 1, bytes[index] ^ 0x20, bytes[index] ^ 0x80, 0, 10, 32, 45, 48, 57, 255,
            ] where other != bytes[index] {
                var changed = bytes
                changed[index] = other
                #expect(fault(changed) != nil, "byte \(index) as \(other)")
            }
            var doubled = bytes
            doubled.insert(bytes[index], at: index)
            #expect(fault(doubled) != nil, "byte \(index) twice")
            var left = bytes
            left.remove(at: index)
            #expect(fault(left) != nil, "without byte \(index)")
        }
        #expect(fault(bytes + [10]) != nil && fault(bytes + bytes) != nil)
    }

    @Test(arguments: [
        ("pointerscope tokens 1\n", 1, AccessFileFault.Kind.notThisFile),
        ("pointerscope admins 2\n", 1, .unknownVersion),
        ("pointerscope admins 01\n", 1, .unknownVersion),
        ("pointerscope admins 1\n\n", 2, .malformedRecord),
        ("pointerscope admins 1\nada operator 1 -\n", 2, .malformedRecord),
        ("pointerscope admins 1\na/b operator 1 - HASH -\n", 2, .malformedName),
        ("pointerscope admins 1\nada root 1 - HASH -\n", 2, .unknownRole),
        ("pointerscope admins 1\nada operator 01 - HASH -\n", 2, .malformedTime),
        ("pointerscope admins 1\nada operator - - HASH -\n", 2, .malformedTime),
        ("pointerscope admins 1\nada operator 1 +1 HASH -\n", 2, .malformedTime),
        ("pointerscope admins 1\nada operator 253402300800 - HASH -\n", 2, .malformedTime),
        ("pointerscope admins 1\nada operator 1 - hash -\n", 2, .malformedHash),
        ("pointerscope admins 1\nada operator 1 - HASH shop\n", 2, .malformedScope),
        ("pointerscope admins 1\nada operator 1 - HASH \n", 2, .malformedScope),
        ("pointerscope admins 1\nada operator 1 - HASH - \n", 2, .malformedScope),
        ("pointerscope admins 1\nada operator 1 - HASH -\nada viewer 1 - HASH -\n", 3, .repeatedName),
    ])
    func whatIsWrongIsNamedWithItsLine(text: String, line: Int, kind: AccessFileFault.Kind) {
        let text = text.split(separator: "HASH", omittingEmptySubsequences: false).joined(
            separator: Self.hash)
        #expect(fault(signed(text)) == AccessFileFault(line: line, kind: kind))
    }

    @Test func aWrongChecksumIsNamedBehindAllRecords() {
        var bytes = AdminFile.bytes(of: Self.admins)
        bytes[bytes.count - 3] ^= 1
        #expect(fault(bytes) == AccessFileFault(line: 4, kind: .checksum))
        // A record that is well formed, and another one than was written.
        let other = String(decoding: AdminFile.bytes(of: Self.admins), as: UTF8.self)
            .split(separator: "viewer", omittingEmptySubsequences: false).joined(separator: "operator")
        #expect(fault(other) == AccessFileFault(line: 4, kind: .checksum))
    }

    @Test func thereAreBounds() throws {
        let many = (0..<Limits.admins).map { Fixture.admin("n\($0)") }
        #expect(try AdminFile.parse(AdminFile.bytes(of: many)).count == Limits.admins)
        let bytes = AdminFile.bytes(of: many + [Fixture.admin("one-more")])
        #expect(fault(bytes) == AccessFileFault(line: Limits.admins + 2, kind: .tooMany))
        let long = [UInt8](repeating: 10, count: Limits.adminFileBytes + 1)
        #expect(fault(long) == AccessFileFault(line: 1, kind: .tooLong))
        // The longest file there can be is within them.
        let record = 64 + "operator".utf8.count + 12 + 12 + Limits.passwordHashBytes + 512 + 6
        #expect(record * Limits.admins + 100 < Limits.adminFileBytes)
    }

    @Test func everyFaultSaysWhatIsWrong() {
        let reasons = AccessFileFault.Kind.allCases.map {
            AccessFileFault(line: 1, kind: $0).reason.description
        }
        #expect(Set(reasons).count == reasons.count && !reasons.contains(""))
    }

    /// Whatever stands in front of a right checksum is refused, or is written again as it was read.
    @Test func nothingIsReadThatIsNotWrittenSo() {
        let text = String(decoding: AdminFile.bytes(of: Self.admins), as: UTF8.self)
        let body =
            Array(
                text.split(separator: "\n", omittingEmptySubsequences: false)[..<3].joined(separator: "\n")
                    .utf8) + [10]
        var random = SplitMix64(seed: 12)
        var taken = 0
        for _ in 0..<5_000 {
            let damaged = random.damaged(body)
            let bytes =
                damaged + Array("sha256 ".utf8) + Base64URL.encode(SHA256Digest(of: damaged).bytes) + [10]
            guard let admins = try? AdminFile.parse(bytes) else { continue }
            taken += 1
            #expect(AdminFile.bytes(of: admins) == bytes)
        }
        #expect(taken > 500)
    }

    @Test func whatIsWrittenIsRead() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let admins = (0..<random.below(6)).map { index -> Admin in
                var admin = Fixture.admin(
                    "n\(index)~\(random.below(99))", role: random.pick([.viewer, .operator]),
                    scope: random.pick([nil, "page:/", "page:/a*", "page:/ü page:/b/*"]),
                    password: random.below(9))
                admin.createdAt = random.pick([0, 1, Limits.latestEpochSeconds])
                admin.lastSeenAt = random.pick([nil, 0, Limits.latestEpochSeconds])
                return admin
            }
            #expect(try AdminFile.parse(AdminFile.bytes(of: admins)) == admins)
        }
    }
}
