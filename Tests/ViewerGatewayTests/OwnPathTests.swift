import ByteCore
import Foundation
import Secrets
import TestSupport
import Testing

@testable import AccessControl
@testable import ViewerGateway

@Suite struct OwnPathTests {
    private func path(_ text: String, below base: String = "") -> String? {
        OwnPath(Array(text.utf8), below: Array(base.utf8))?.text
    }

    @Test(arguments: [
        ("/", "", "/"), ("/admin/ann?x=1", "", "/admin/ann?x=1"), ("/ps/admin/ann", "/ps", "/admin/ann"),
        ("/admin/ann", "/ps", "/admin/ann"), ("/psx", "/ps", "/psx"), ("/ps/", "/ps", "/"),
        ("/ps", "/ps", "/ps"),
        ("/admin/admin/ann", "/admin", "/admin/ann"), ("/a:b@c", "", "/a:b@c"),
        ("/%2F%2Fevil", "", "/%2F%2Fevil"),
        ("/a//b", "", "/a//b"),
    ])
    func ofThisServer(text: String, base: String, expected: String) {
        #expect(path(text, below: base) == expected)
    }

    // What has led browsers elsewhere (WHATWG URL: backslash is a slash in special schemes, tab and newline
    // are removed, controls at the ends are stripped).
    @Test(arguments: [
        "", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example", "https://evil.example",
        "https:evil.example", "javascript:alert(1)", "evil.example", "./x", "?x", "#x", "/a b", "/\u{0}",
        "/é",
        "/\u{7F}", "/a\\b", "/ps//evil.example", "/ps/\\evil.example", "@evil.example", ":8080",
    ])
    func elsewhere(text: String) {
        #expect(path(text, below: "/ps") == nil)
    }

    @Test func noLongerThanThereIsReasonFor() {
        let text = "/" + String(repeating: "a", count: OwnPath.limit - 1)
        #expect(path(text) == text)
        #expect(path(text + "a") == nil)
        #expect(path("/ps" + text, below: "/ps") == text)
    }

    /// Whatever is accepted leads to the same origin, of any page at the top, as a browser reads it.
    @Test func whateverIsAcceptedStaysHere() throws {
        var random = SplitMix64(seed: 3986)
        let pieces = [
            "/", "\\", ".", "..", ":", "@", "%09", "%2f", "?", "#", "\t", "\n", " ", "a", "ps",
            "evil.example",
            "http:", "javascript:", "//", "&", ";",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0...random.below(6)).map { _ in random.pick(pieces) }.joined()
            let start = random.once(in: 3) ? text : "/" + text
            for base in ["", "/ps"] {
                guard let own = OwnPath(Array(start.utf8), below: Array(base.utf8)) else { continue }
                accepted += 1
                // As the URL standard's parser begins: what it drops, and what it takes for a slash.
                let read = own.location.filter { $0 != "\t" && $0 != "\n" && $0 != "\r" }
                    .replacingOccurrences(of: "\\", with: "/")
                #expect(read == own.location && read.hasPrefix("./") && !own.text.hasPrefix("//"), "\(start)")
                let page = try #require(URL(string: "https://watch.example.org:8443\(base)/sign-in"))
                let target = try #require(URL(string: own.location, relativeTo: page), "\(own.location)")
                #expect(target.host == page.host && target.port == page.port && target.scheme == "https")
                // A page that sends it along again gets the same.
                #expect(OwnPath(own.bytes, below: [])?.bytes == own.bytes)
            }
        }
        #expect(accepted > 2000)
    }
}

@Suite struct CookieNamesTests {
    private func field(_ names: CookieNames, _ crumb: CookieNames.Crumb) -> String {
        var text = ByteBuffer(capacity: 16)
        names.append(crumb, to: &text)
        return String(decoding: text.readable, as: UTF8.self)
    }

    private func crumb(_ name: [UInt8], _ maxAge: Int64?) -> CookieNames.Crumb {
        .init(name: name, value: Array("Zm9v".utf8), maxAge: maxAge)
    }

    // RFC 6265bis section 4.1.3.2: __Host- wants Secure, Path=/ and no Domain.
    @Test func underHTTPS() {
        for base in ["", "/ps"] {
            let names = CookieNames(isSecure: true, basePath: Array(base.utf8))
            #expect(
                field(names, crumb(names.session, 604_800))
                    == "Set-Cookie: __Host-pointerscope=Zm9v; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure\r\n"
            )
            #expect(
                field(names, crumb(names.form, nil))
                    == "Set-Cookie: __Host-pointerscope-form=Zm9v; Path=/; HttpOnly; SameSite=Lax; Secure\r\n"
            )
            #expect(String(decoding: names.device, as: UTF8.self) == "__Host-pointerscope-device")
        }
    }

    @Test func onLoopback() {
        let names = CookieNames(isSecure: false, basePath: Array("/ps".utf8))
        #expect(
            field(names, crumb(names.session, 0))
                == "Set-Cookie: pointerscope=Zm9v; Path=/ps; Max-Age=0; HttpOnly; SameSite=Lax\r\n")
        let top = CookieNames(isSecure: false, basePath: [])
        #expect(field(top, crumb(top.device, 7)).contains("pointerscope-device=Zm9v; Path=/; Max-Age=7;"))
        #expect(Set([names.session, names.device, names.form]).count == 3)
    }
}

@Suite struct RecentEndsTests {
    private func ended(_ number: Int, _ why: Ended.Reason) -> Ended {
        Ended(source: .session(key(number)), name: AccountName("ann".utf8)!, why: why)
    }

    private func key(_ number: Int) -> SessionKey {
        SessionKey(digest: SHA256Digest(of: Array("\(number)".utf8)))
    }

    @Test func remembersTheLastAndNoMore() {
        var ends = RecentEnds()
        #expect(ends[key(0)] == nil)
        for number in 0..<256 { ends.add(ended(number, .idle)) }
        #expect(ends[key(0)] == .idle && ends[key(255)] == .idle)
        // Told twice, it stays as it was told first, and takes no place of another.
        ends.add(ended(7, .removed))
        #expect(ends[key(7)] == .idle && ends[key(0)] == .idle)
        ends.add(ended(256, .takenOver(by: nil)))
        #expect(ends[key(0)] == nil && ends[key(1)] == .idle && ends[key(256)] == .takenOver(by: nil))
        for number in 1000..<3000 { ends.add(ended(number, .signedOut)) }
        #expect((0..<3000).filter { ends[key($0)] != nil } == Array(2744..<3000))
        ends.add(Ended(source: .jwt, name: AccountName("ann".utf8)!, why: .expired))
        #expect(ends[key(2744)] == .signedOut)
    }
}
