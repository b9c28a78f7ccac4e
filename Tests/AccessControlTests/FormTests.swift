import Secrets
import Testing

@testable import AccessControl

struct FormTests {
    private let authority = Fixture.authority([])
    private let keys = (0..<5).map { SessionKey(of: Fixture.secret($0)) }

    @Test func aFormIsOfOneSession() {
        for key in keys {
            let token = authority.formToken(of: key)
            #expect(token.count == 43 && authority.isFormToken(token, of: key))
            for other in keys where other != key { #expect(!authority.isFormToken(token, of: other)) }
            for index in token.indices {
                var changed = token
                changed[index] = changed[index] == 65 ? 66 : 65
                #expect(!authority.isFormToken(changed, of: key))
            }
            #expect(!authority.isFormToken([], of: key) && !authority.isFormToken(token + [65], of: key))
        }
        let another = Authority(settings: AuthoritySettings(), key: Fixture.secret(77))
        #expect(!another.isFormToken(authority.formToken(of: keys[0]), of: keys[0]))
    }

    @Test func aSignInFormIsOfOneBrowserAndAnHour() {
        let browser = Fixture.secret(1)
        let token = authority.signInFormToken(browser: browser, now: Fixture.at(0))
        func isGood(_ token: [UInt8], _ cookie: [UInt8], at seconds: Double) -> Bool {
            authority.isSignInFormToken(token, browser: cookie, now: Fixture.at(seconds))
        }
        #expect(token.count == 54)
        #expect(isGood(token, browser.text, at: 0) && isGood(token, browser.text, at: 3_599))
        #expect(!isGood(token, browser.text, at: 3_600))
        #expect(isGood(token, browser.text, at: -60) && !isGood(token, browser.text, at: -61))
        #expect(!isGood(token, Fixture.secret(2).text, at: 0) && !isGood(token, [], at: 0))
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == 65 ? 66 : 65
            #expect(!isGood(changed, browser.text, at: 0))
        }
        #expect(!isGood([], browser.text, at: 0) && !isGood(token + [65], browser.text, at: 0))
    }

    /// What one thing is for is good for nothing else.
    @Test func noSecretPassesForAnother() throws {
        var authority = Fixture.authority([Fixture.admin("ada"), Fixture.admin("eva")])
        let session = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session)
        let occupied = try #require(authority.tryPassword("ada", draw: 2, at: Fixture.at(0)).occupied)
        // Of one draw, too, what is made for one end is not what is made for another.
        let eva = try #require(authority.tryPassword("eva", draw: 2, at: Fixture.at(0)).session)
        #expect(eva.cookie != occupied.ticket)
        let form = authority.formToken(of: session.key)
        for text in [occupied.ticket, form, session.deviceCookie, Fixture.secret(1).text] {
            #expect(authority.session(cookie: text, now: Fixture.at(0)) == nil)
        }
        for text in [session.cookie, form, session.deviceCookie] {
            let end = authority.takeOver(
                ticket: text, client: Fixture.client(), random: Fixture.secret(3), now: Fixture.at(0))
            guard case .refused = end else {
                Issue.record("taken over")
                return
            }
        }
        #expect(!authority.isFormToken(session.cookie, of: session.key))
        #expect(session.cookie != Fixture.secret(1).text, "the draw itself is shown to nobody")
    }
}
