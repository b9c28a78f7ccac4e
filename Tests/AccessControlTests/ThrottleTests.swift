import ByteCore
import Testing

@testable import AccessControl

struct ThrottleTests {
    private func wait(_ outcome: TryOutcome) -> Int? {
        if case .throttled(let seconds, _) = outcome { seconds } else { nil }
    }

    @Test func fiveAreFreeAndThenEachWaitsTwiceAsLong() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        var now = 0.0
        for _ in 0..<4 {
            guard case .refused(0) = authority.tryPassword("ada", right: false, at: Fixture.at(now)) else {
                Issue.record("not free")
                return
            }
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            guard
                case .refused(let told) = authority.tryPassword("ada", right: false, at: Fixture.at(now)),
                told == seconds
            else {
                Issue.record("another wait than \(seconds)")
                return
            }
            // The right password has to wait as well, and asking costs nothing.
            #expect(wait(authority.tryPassword("ada", at: Fixture.at(now + 0.001))) == seconds)
            #expect(wait(authority.tryPassword("ada", at: Fixture.at(now + Double(seconds) - 0.001))) == 1)
            now += Double(seconds)
        }
        #expect(authority.tryPassword("ada", at: Fixture.at(now)).session != nil)
    }

    @Test func otherAddressesAndOtherNamesAreNotHeldBack() {
        var authority = Fixture.authority([Fixture.admin("ada"), Fixture.admin("eva")])
        for _ in 0..<5 { _ = authority.tryPassword("ada", right: false, at: Fixture.at(0)) }
        #expect(wait(authority.tryPassword("ada", at: Fixture.at(0))) == 1)
        #expect(authority.tryPassword("eva", at: Fixture.at(0)).session != nil)
        #expect(authority.tryPassword("ada", address: Fixture.v4(2), at: Fixture.at(0)).session != nil)
        // Whose success is not that of the first address.
        #expect(wait(authority.tryPassword("ada", at: Fixture.at(0))) == 1)
    }

    @Test func aHouseholdOfIPv6IsOneAddress() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        for host in 0..<5 {
            let address = Fixture.v6(network: 1, host: UInt64(host) << 32)
            _ = authority.tryPassword("ada", right: false, address: address, at: Fixture.at(0))
        }
        #expect(
            wait(authority.tryPassword("ada", address: Fixture.v6(network: 1, host: 77), at: Fixture.at(0)))
                == 1)
        #expect(
            authority.tryPassword("ada", address: Fixture.v6(network: 2, host: 77), at: Fixture.at(0))
                .isHashed)
    }

    @Test func successForgivesTypingErrors() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        for round in 0..<10 {
            for _ in 0..<4 { _ = authority.tryPassword("eva", right: false, at: Fixture.at(0)) }
            for _ in 0..<3 {
                _ = authority.tryPassword("ada", right: false, at: Fixture.at(Double(round) * 400))
            }
            #expect(
                authority.tryPassword("ada", takesOver: true, at: Fixture.at(Double(round) * 400 + 1)).session
                    != nil)
        }
    }

    @Test func failuresAreForgottenAfterAQuarterOfAnHour() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        for _ in 0..<5 { _ = authority.tryPassword("ada", right: false, at: Fixture.at(0)) }
        guard case .refused(2) = authority.tryPassword("ada", right: false, at: Fixture.at(899.999)) else {
            Issue.record("forgotten too early")
            return
        }
        guard case .refused(0) = authority.tryPassword("ada", right: false, at: Fixture.at(1_799.999)) else {
            Issue.record("remembered too long")
            return
        }
    }

    @Test func aNameHasTwentyTriesInAQuarterOfAnHour() {
        for hasAddress in [true, false] {
            var authority = Fixture.authority([Fixture.admin("ada")])
            for number in 0..<20 {
                let outcome = authority.tryPassword(
                    "ada", right: false, address: hasAddress ? Fixture.v4(UInt32(number)) : nil,
                    at: Fixture.at(Double(number)))
                #expect(outcome.isHashed, "try \(number)")
            }
            let last = authority.tryPassword("ada", address: Fixture.v4(99), at: Fixture.at(20))
            guard case .throttled(880, .throttledName) = last else {
                Issue.record("\(last)")
                return
            }
            #expect(!authority.tryPassword("ada", address: Fixture.v4(99), at: Fixture.at(899.9)).isHashed)
            #expect(authority.tryPassword("ada", address: Fixture.v4(99), at: Fixture.at(900)).session != nil)
            #expect(authority.counters[.throttledName] == 2)
        }
    }

    @Test func rightPasswordsAreNotCountedAgainstTheName() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        for number in 0..<100 {
            let outcome = authority.tryPassword("ada", takesOver: true, at: Fixture.at(Double(number) / 10))
            #expect(outcome.session != nil)
        }
        #expect(authority.throttle.count == 0, "nothing is remembered of who makes no mistake")
    }

    @Test func aSocketNamesNobody() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        for _ in 0..<19 {
            _ = authority.tryPassword("ada", right: false, address: .unixSocket, at: Fixture.at(0))
        }
        #expect(authority.tryPassword("ada", address: .unixSocket, at: Fixture.at(0)).session != nil)
    }

    @Test func manyAtOnceAreNoWayAround() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        func begun(_ count: Int, _ address: (Int) -> UInt32) -> [SignInAttempt] {
            (0..<count).compactMap { number in
                let start = authority.beginSignIn(
                    name: "ada".utf8, address: Fixture.v4(address(number)), device: nil, now: Fixture.at(0))
                if case .hash(let attempt) = start { return attempt }
                return nil
            }
        }
        #expect(begun(200) { _ in 1 }.count == 5)
        let others = begun(200) { UInt32($0 + 2) }
        #expect(others.count == 15)
        // Of whom no password was looked at, nothing is held against anybody.
        for attempt in others { authority.abandonSignIn(attempt, now: Fixture.at(1)) }
        #expect(begun(200) { UInt32($0 + 2) }.count == 15)
    }

    @Test func aBrowserThatSignedInHasItsOwnBudget() throws {
        var authority = Fixture.authority([Fixture.admin("ada")])
        let first = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session)
        let second = try #require(
            authority.tryPassword("ada", takesOver: true, draw: 2, at: Fixture.at(0)).session)
        for number in 0..<20 {
            _ = authority.tryPassword(
                "ada", right: false, address: Fixture.v4(UInt32(number)), at: Fixture.at(1))
        }
        #expect(!authority.tryPassword("ada", at: Fixture.at(1)).isHashed)
        let known = authority.tryPassword(
            "ada", device: first.deviceCookie, takesOver: true, draw: 3, at: Fixture.at(1))
        #expect(known.session != nil)
        // It is bounded too, and another browser's is not touched.
        for _ in 0..<5 {
            _ = authority.tryPassword("ada", right: false, device: first.deviceCookie, at: Fixture.at(2))
        }
        let held = authority.tryPassword("ada", device: first.deviceCookie, at: Fixture.at(2))
        guard case .throttled(1, .throttledDevice) = held else {
            Issue.record("\(held)")
            return
        }
        #expect(authority.tryPassword("ada", device: second.deviceCookie, at: Fixture.at(2)).isHashed)
    }

    @Test func aDeviceCookieIsOfOneAdminAndThreeMonths() throws {
        let admins = [Fixture.admin("ada"), Fixture.admin("eva")]
        var authority = Fixture.authority(admins)
        let cookie = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session).deviceCookie
        func isKnown(_ name: String, _ cookie: [UInt8], at seconds: Double) -> Bool {
            var copy = authority
            let start = copy.beginSignIn(
                name: name.utf8, address: nil, device: cookie, now: Fixture.at(seconds))
            if case .hash(let attempt) = start { return attempt.charge.device != nil }
            return false
        }
        let lifetime = 90.0 * 86_400
        #expect(isKnown("ada", cookie, at: 0) && isKnown("ada", cookie, at: lifetime - 1))
        #expect(!isKnown("ada", cookie, at: lifetime) && !isKnown("eva", cookie, at: 0))
        #expect(isKnown("ada", cookie, at: -60) && !isKnown("ada", cookie, at: -61))
        for index in cookie.indices {
            var other = cookie
            other[index] = other[index] == 65 ? 66 : 65
            #expect(!isKnown("ada", other, at: 0), "byte \(index)")
        }
        #expect(!isKnown("ada", [], at: 0) && !isKnown("ada", cookie + [65], at: 0))
        _ = authority.adminsChanged(to: [Fixture.admin("ada", role: .viewer), Fixture.admin("eva")])
        #expect(isKnown("ada", cookie, at: 0), "a browser stays known when the role is another one")
        _ = authority.adminsChanged(to: [Fixture.admin("ada", password: 2)])
        #expect(
            isKnown("ada", cookie, at: 0), "the owner gets in just when the password has to be another one")
        var anew = Fixture.admin("ada")
        anew.createdAt += 1
        _ = authority.adminsChanged(to: [anew])
        #expect(!isKnown("ada", cookie, at: 0), "who is made anew is somebody else")
        _ = authority.adminsChanged(to: [])
        #expect(!isKnown("ada", cookie, at: 0))
        // The key is the server's own.
        var other = Authority(settings: AuthoritySettings(), key: Fixture.secret(5))
        _ = other.adminsChanged(to: admins)
        authority = other
        #expect(!isKnown("ada", cookie, at: 0))
    }
}
