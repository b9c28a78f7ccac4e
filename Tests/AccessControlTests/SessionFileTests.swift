import ByteCore
import Secrets
import TestSupport
import Testing

@testable import AccessControl

struct SessionFileTests {
    private static func record(_ number: UInt64, _ name: String, _ address: PeerAddress?)
        -> SessionFile.Record
    {
        SessionFile.Record(
            key: SessionKey(of: Fixture.secret(number)), stamp: Fixture.secret(number + 1).digest,
            signedInAt: 0x0102_0304, lastUsedAt: 0x0102_0506,
            client: Client(address: address, agent: "Fox".utf8),
            name: Fixture.name(name))
    }

    private static let records = [
        record(1, "ada", .ip(IPAddress(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10))),
        record(3, "b", .unixSocket), record(5, "c", nil),
    ]

    private func fault(_ bytes: [UInt8]) -> SessionFileFault? {
        do throws(SessionFileFault) {
            _ = try SessionFile.parse(bytes)
            return nil
        } catch {
            return error
        }
    }

    private func signed(_ body: [UInt8]) -> [UInt8] { body + SHA256Digest(of: body).bytes }

    @Test func theFormIsAsItIsDrawn() throws {
        let record = Self.records[0]
        let body: [UInt8] =
            Array("PSCOPESN".utf8)
            + [1, 0, 0, 0]  // version
            + [1, 0, 0, 0]  // records
            + Fixture.secret(1).digest.bytes + Fixture.secret(2).digest.bytes
            + [4, 3, 2, 1, 0, 0, 0, 0]  // signed in
            + [6, 5, 2, 1, 0, 0, 0, 0]  // last used
            + [1]  // an IP address
            + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
            + [3, 3]  // bytes of name and agent
            + Array("adaFox".utf8)
        #expect(SessionFile.bytes(of: [record]) == signed(body))
        #expect(try SessionFile.parse(signed(body)) == [record])
        #expect(try SessionFile.parse(SessionFile.bytes(of: Self.records)) == Self.records)
        #expect(try SessionFile.parse(SessionFile.bytes(of: [])) == [])
    }

    @Test func cutAtAnyByteAndWithAnyByteChangedItIsRefused() {
        let bytes = SessionFile.bytes(of: Self.records)
        for index in bytes.indices {
            #expect(fault(Array(bytes[..<index])) != nil, "\(index) bytes")
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(fault(changed) != nil, "bit \(bit) of byte \(index)")
            }
        }
        #expect(fault(bytes + [0]) == .checksum)
    }

    @Test func whatIsWrongBehindARightChecksumIsRefusedToo() {
        let body = Array(SessionFile.bytes(of: [Self.records[0]]).dropLast(32))
        func changed(_ index: Int, _ value: UInt8) -> [UInt8] {
            var body = body
            body[index] = value
            return signed(body)
        }
        #expect(fault(changed(0, 0)) == .notThisFile)
        #expect(fault(changed(8, 2)) == .unknownVersion)
        #expect(fault(changed(12, 2)) == .malformedRecord, "one record less than it says")
        #expect(fault(changed(12, 0)) == .malformedRecord, "one record more")
        #expect(fault(changed(15, 255)) == .malformedRecord, "four thousand million records")
        #expect(fault(changed(16 + 71, 0x80)) == .malformedRecord, "before 1970")
        #expect(fault(changed(16 + 79, 1)) == .malformedRecord, "behind the year 9999")
        #expect(fault(changed(16 + 80, 0)) == .malformedRecord, "no address, and there is one")
        #expect(fault(changed(16 + 80, 3)) == .malformedRecord, "a kind of address that is none")
        #expect(fault(changed(16 + 97, 0)) == .malformedRecord, "no name")
        #expect(fault(changed(16 + 97, 200)) == .malformedRecord, "a name beyond the end")
        #expect(fault(changed(16 + 99, 0x20)) == .malformedRecord, "a name that is none")
        #expect(fault(changed(body.count - 1, 0x1B)) == .malformedRecord, "what steers a terminal")
        let twice = SessionFile.bytes(of: [Self.records[0], Self.records[0]])
        #expect(fault(twice) == .malformedRecord, "one key twice")
        #expect(fault([UInt8](repeating: 0, count: Limits.sessionFileBytes + 1)) == .tooLong)
        // The longest file there can be is within them.
        #expect((99 + 64 + 160) * Limits.admins * Limits.sessionsPerAdmin < Limits.sessionFileBytes)
    }

    @Test func everyFaultSaysWhatIsWrong() {
        let faults: [SessionFileFault] = [
            .tooLong, .notThisFile, .unknownVersion, .checksum, .malformedRecord,
        ]
        #expect(Set(faults.map(\.reason.description)).count == faults.count)
    }

    @Test func noCookieStandsInIt() throws {
        var authority = Fixture.authority([Fixture.admin("ada")])
        let session = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session)
        let file = authority.sessionFile(now: Fixture.at(1))
        let secret = try #require(SecretBytes(text: session.cookie))
        #expect(file.firstRange(of: session.cookie) == nil && file.firstRange(of: secret.bytes) == nil)
    }

    @Test func sessionsOutliveTheServer() throws {
        var before = Fixture.authority([Fixture.admin("ada"), Fixture.admin("eva")])
        let ada = try #require(before.tryPassword("ada", at: Fixture.at(0)).session)
        let eva = try #require(before.tryPassword("eva", draw: 2, at: Fixture.at(0)).session)
        let file = before.sessionFile(now: Fixture.at(10))
        // The other clock begins anew with the machine; the role of one was changed meanwhile.
        let start = Instant(epochSeconds: Fixture.epoch + 100, monotonicNanoseconds: 5)
        var after = Fixture.authority([Fixture.admin("ada"), Fixture.admin("eva", role: .viewer)])
        #expect(try after.restoreSessions(from: file, now: start) == 1)
        #expect(after.areSessionsUnwritten, "who was left out is not to be found there next time")
        #expect(after.session(cookie: ada.cookie, now: start)?.name == Fixture.name("ada"))
        #expect(after.session(cookie: eva.cookie, now: start) == nil)
        // Lived on, and as old as it was: 7 days from the sign-in, not from the start.
        #expect(after.session(cookie: ada.cookie, now: start)?.endsAt == Fixture.epoch + 604_800)
    }

    @Test func sessionsThatAreOverOrOfTheFutureAreLeftOut() throws {
        var before = Fixture.authority([Fixture.admin("ada")])
        let ada = try #require(before.tryPassword("ada", at: Fixture.at(0)).session)
        let file = before.sessionFile(now: Fixture.at(0))
        for (seconds, isThere) in [
            (0.0, true), (43_199, true), (43_200, false), (-60, true), (-61, false), (1e9, false),
            (-1e9, false),
        ] {
            var after = Fixture.authority([Fixture.admin("ada")])
            let count = try after.restoreSessions(from: file, now: Fixture.at(seconds))
            #expect((count == 1) == isThere, "after \(seconds) s")
            #expect((after.session(cookie: ada.cookie, now: Fixture.at(seconds)) != nil) == isThere)
        }
    }

    @Test func withFewerSessionsAllowedTheNewestStay() throws {
        var before = Fixture.authority([Fixture.admin("ada")], sessionsPerAdmin: 3)
        let sessions = try (0..<3).map {
            try #require(before.tryPassword("ada", draw: UInt64($0), at: Fixture.at(Double($0))).session)
        }
        _ = before.session(cookie: sessions[0].cookie, now: Fixture.at(10))
        var after = Fixture.authority([Fixture.admin("ada")], sessionsPerAdmin: 2)
        #expect(
            try after.restoreSessions(from: before.sessionFile(now: Fixture.at(11)), now: Fixture.at(11)) == 2
        )
        let alive = sessions.map { after.session(cookie: $0.cookie, now: Fixture.at(12)) != nil }
        #expect(alive == [true, false, true])
    }

    @Test func aDamagedFileTakesNobodyUp() throws {
        var before = Fixture.authority([Fixture.admin("ada")])
        _ = before.tryPassword("ada", at: Fixture.at(0))
        var file = before.sessionFile(now: Fixture.at(0))
        file[40] ^= 4
        var after = Fixture.authority([Fixture.admin("ada")])
        #expect(throws: SessionFileFault.checksum) {
            try after.restoreSessions(from: file, now: Fixture.at(0))
        }
        #expect(after.sessionCount == 0)
        #expect(after.tryPassword("ada", at: Fixture.at(1)).session != nil)
    }

    /// Whatever stands behind a right checksum is refused, or is written again as it was read.
    @Test func nothingIsReadThatIsNotWrittenSo() {
        let body = Array(SessionFile.bytes(of: Self.records).dropLast(32))
        var random = SplitMix64(seed: 11)
        var taken = 0
        for _ in 0..<5_000 {
            let bytes = signed(random.damaged(body))
            guard let records = try? SessionFile.parse(bytes) else { continue }
            taken += 1
            #expect(SessionFile.bytes(of: records) == bytes)
        }
        #expect(taken > 500)
    }

    /// A year in the past, a year ahead, whole lives: no number overflows on numbers that a file can hold.
    @Test func anyNumbersOfAFileAreBorne() throws {
        var random = SplitMix64(seed: 3)
        let ends: [Int64] = [0, 1, Fixture.epoch, Limits.latestEpochSeconds - 1, Limits.latestEpochSeconds]
        for _ in 0..<300 {
            var record = Self.records[0]
            record.stamp = Fixture.admin("ada").stamp
            record.signedInAt = random.pick(ends)
            record.lastUsedAt = random.pick(ends)
            var authority = Fixture.authority([Fixture.admin("ada")])
            let now = Instant(
                epochSeconds: random.pick(ends), monotonicNanoseconds: random.pick([0, 1 << 40, 1 << 60]))
            let count = try authority.restoreSessions(from: SessionFile.bytes(of: [record]), now: now)
            #expect(count == 0 || authority.sessionFile(now: now).count > 48)
            _ = authority.expire(now: now)
        }
    }
}
