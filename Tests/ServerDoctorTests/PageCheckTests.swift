import Testing

@testable import ServerDoctor

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("https://A.Example", "https://a.example/"), ("http://a:80/b/../c?d#e", "http://a/c?d"),
        ("https://a:8443/b/./c/..", "https://a:8443/b/"), ("WSS://[::1]:443/ws", "wss://[::1]/ws"),
        ("http://a?b", "http://a/?b"), ("http://a/ü b", "http://a/%C3%BC%20b"),
        ("http://a//b", "http://a//b"),
        ("http://a/../..", "http://a/"),
    ])
    func addresses(text: String, read: String) {
        #expect(WebAddress(parsing: text)?.text == read)
        #expect(WebAddress(parsing: read)?.text == read)
    }

    @Test(arguments: [
        "", "a", "https:/a", "https://", "https:///a", "ftp://a", "https://a:0/", "https://a:65536",
        "https://a:b",
        "https://u@a/", "https://a b/", "https://a%20b/", "javascript://a", "http://:80/",
    ])
    func whatIsNone(text: String) { #expect(WebAddress(parsing: text) == nil) }

    @Test(arguments: [
        ("c.js", "https://a.example/x/c.js"), ("./c.js", "https://a.example/x/c.js"),
        ("../c.js?d", "https://a.example/c.js?d"), ("/c.js", "https://a.example/c.js"),
        ("//b.example/c", "https://b.example/c"), ("http://b/c", "http://b/c"),
        (" \n/c\t.js ", "https://a.example/c.js"), ("?z", "https://a.example/x/y?z"),
        ("", "https://a.example/x/y?q"), ("#f", "https://a.example/x/y?q"),
        ("../../../c", "https://a.example/c"),
        ("c:d", nil), ("data:text/javascript,1", nil), ("a/b:c", "https://a.example/x/a/b:c"),
    ])
    func references(reference: String, means: String?) {
        let page = WebAddress(parsing: "https://a.example/x/y?q")
        #expect(page?.resolved(reference)?.text == means)
    }

    @Test func parts() throws {
        let address = try #require(WebAddress(parsing: "https://a.example/b/c.js?d"))
        #expect(address.origin == "https://a.example" && address.target == "/b/c.js?d")
        #expect(address.with(.wss)?.text == "wss://a.example/b/c.js?d")
        #expect(WebAddress(parsing: "http://a:8081/")?.with(.ws)?.origin == "ws://a:8081")
        for host in ["localhost", "x.localhost", "127.0.0.1", "[::1]"] {
            #expect(WebAddress(parsing: "http://\(host)/")?.isLoopback == true)
        }
        #expect(!address.isLoopback)
    }
}

@Suite struct PageElementTests {
    private func find(_ html: String) -> [String] {
        PageElements.find(in: Array(html.utf8)).map { element in
            let attributes = element.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            let content = String(decoding: element.content, as: UTF8.self)
            return "\(element.kind.rawValue)[\(attributes)]\(content)"
        }
    }

    @Test(arguments: [
        ("<script>", ["script[]"]), ("<SCRIPT SRC=A></Script >x", ["script[src=A]"]),
        ("<script async src='a' src=b>", ["script[async= src=a]"]),
        ("<script\n src = \"a&amp;b&#x3a;&#99;&x;&\" / defer/>", ["script[src=a&b:c&x;& defer=]"]),
        ("<script src=a/b>c</script>", ["script[src=a/b]c"]), ("<script =a=b 'c>", ["script[=a=b 'c=]"]),
        (
            "<script>if (a<b) '<script>'</scripty></script><meta a>",
            ["script[]if (a<b) '<script>'</scripty>", "meta[a=]"]
        ),
        ("<!-- <script> --><base href=x>", ["base[href=x]"]), ("<!--><meta>", ["meta[]"]),
        ("<!---><meta>", ["meta[]"]),
        ("<!-- > -- > --!><meta>", ["meta[]"]), ("<!doctype html><meta>", ["meta[]"]),
        ("<?a ><meta></><meta>", ["meta[]", "meta[]"]),
        ("<style><script></style><textarea><script></textarea><title><meta></title>", []),
        ("<noscript><script></noscript><iframe><meta></iframe>", []),
        ("<template><script></script><template></template><meta></template><base>", ["base[]"]),
        ("<plaintext><script>", []), ("< script><scripts><a title='<script>'>", []),
        ("<script src=\"a", []), ("<script src", []), ("<!-- <script>", []), ("<", []), ("</", []),
        ("<script a=", []),
    ])
    func elements(html: String, found: [String]) { #expect(find(html) == found) }

    @Test func bounds() {
        #expect(find(String(repeating: "<meta>", count: 1_000)).count == PageElements.most)
        let wide = "<meta \((0..<100).map { "a\($0)" }.joined(separator: " "))>"
        #expect(PageElements.find(in: Array(wide.utf8))[0].attributes.count == PageElements.mostAttributes)
    }
}

@Suite struct PagePolicyTests {
    private let page = WebAddress(parsing: "https://shop.example/")!

    private func allows(_ source: String, _ url: String, on page: String = "https://shop.example/") -> Bool {
        let policy = PagePolicy(parsing: "connect-src \(source)")
        return policy.connections!.allows(WebAddress(parsing: url)!, on: WebAddress(parsing: page)!)
    }

    @Test(arguments: [
        ("*", "wss://a.example"), ("'self'", "https://shop.example/x"), ("'self'", "wss://shop.example/ws"),
        ("'SELF'", "https://shop.example"), ("https:", "https://a.example"), ("http:", "https://a.example"),
        ("wss:", "wss://a.example"), ("*:*", "https://a:1"), ("ws:", "wss://a.example"),
        ("a.example", "https://a.example/x"),
        ("https://a.example", "https://a.example:443"), ("https://A.example:8443", "https://a.example:8443/"),
        ("*.example", "https://b.a.example"), ("https://a.example:*", "https://a.example:1"),
        ("http://a.example", "https://a.example"), ("http://a.example:80", "https://a.example"),
        ("https://a.example/js/", "https://a.example/js/b"), ("https://a.example/b", "https://a.example/b?c"),
        ("x 'none' wss://a.example", "wss://a.example/ws"), ("*:8443", "https://a:8443"),
        ("https://*", "https://a"),
    ])
    func whatIsAllowed(source: String, url: String) { #expect(allows(source, url)) }

    @Test(arguments: [
        ("'none'", "https://shop.example"), ("", "https://shop.example"), ("'self'", "https://a.example"),
        ("'self'", "http://shop.example"), ("'self'", "https://shop.example:8443"),
        ("https:", "wss://a.example"), ("wss:", "https://a.example"),
        ("a.example", "wss://a.example"), ("https://a.example", "wss://a.example"),
        ("a.example", "https://b.a.example"), ("*.a.example", "https://a.example"),
        ("*.example", "https://aexample"), ("https://a.example", "https://a.example:8443"),
        ("https://a.example/js", "https://a.example/js/b"), ("https://a.example/b", "https://a.example/B"),
        ("'unsafe-inline'", "https://a.example"), ("https://a.example", "http://a.example"),
    ])
    func whatIsForbidden(source: String, url: String) { #expect(!allows(source, url)) }

    @Test func plainPages() {
        #expect(allows("'self'", "ws://localhost:3000", on: "http://localhost:3000/"))
        #expect(allows("'self'", "https://localhost", on: "http://localhost/"))
        #expect(!allows("localhost:8081", "ws://localhost:8081", on: "http://localhost:3000/"))
    }

    private func runs(
        _ policy: String, _ url: String = "https://a.example/p.js", nonce: String? = nil,
        integrity: String? = nil
    ) -> Bool {
        PagePolicy(parsing: policy).scripts!.allowsScript(
            WebAddress(parsing: url)!, nonce: nonce, integrity: integrity, on: page)
    }

    @Test func scripts() {
        #expect(PagePolicy(parsing: "img-src 'none'").scripts == nil)
        #expect(runs("default-src https:"))
        #expect(!runs("default-src https:; script-src 'self'"))
        #expect(runs("script-src 'self'; script-src-elem https://a.example; default-src"))
        #expect(runs("SCRIPT-SRC https:; script-src 'none'"))
        #expect(runs("script-src 'nonce-aBc'", nonce: "aBc") && !runs("script-src 'nonce-aBc'", nonce: "abc"))
        #expect(!runs("script-src 'nonce-'", nonce: ""))
        #expect(!runs("script-src 'strict-dynamic' https: *"))
        #expect(runs("script-src 'strict-dynamic' 'nonce-a'", nonce: "a"))
        #expect(runs("script-src 'strict-dynamic' 'sha256-x'", integrity: "sha256-x"))
        #expect(!runs("script-src 'sha256-x'", integrity: "sha256-x sha384-y"))
        #expect(PagePolicy(parsing: "sandbox allow-forms").forbidsAllScripts)
        #expect(!PagePolicy(parsing: "sandbox Allow-Scripts").forbidsAllScripts)
        #expect(PagePolicy.all(in: ["script-src a, script-src b", "img-src c"]).count == 3)
    }

    @Test func inlineText() {
        func allows(_ policy: String, _ nonce: String? = nil) -> Bool {
            PagePolicy(parsing: policy).scripts!.allowsInline(nonce: nonce)
        }
        #expect(allows("script-src 'unsafe-inline'") && !allows("script-src *"))
        #expect(!allows("script-src 'unsafe-inline' 'nonce-a'") && allows("script-src 'nonce-a'", "a"))
        #expect(!allows("script-src 'unsafe-inline' 'strict-dynamic'"))
    }
}

@Suite struct PageJudgeTests {
    private let page = WebAddress(parsing: "https://shop.example/cart")!
    private let file = WebAddress(parsing: "https://watch.example/pointerscope.js")!

    private func tag(_ html: String) -> PageTag? {
        PageTag.all(in: PageElements.find(in: Array(html.utf8))).first
    }

    @Test(arguments: [
        ("<script src=a/pointerscope.js?v=1>", PageTag.Form.file),
        ("<script src=pointerscope.min.js>", .file),
        ("<script src=w.js data-endpoint=wss://a/ws>", .file), ("<script src='' data-ingest=ws://a>", .file),
        ("<script type=module src=pointerscope.js>", .moduleFile),
        ("<script type='Text/JavaScript; charset=utf-8' src=pointerscope.js>", .file),
        ("<script type=text/plain src=pointerscope.js>", .dormant("text/plain")),
        ("<script nomodule src=pointerscope.js>", .dormant("nomodule")),
        ("<script>Pointerscope.start()</script>", .call),
    ])
    func forms(html: String, form: PageTag.Form) { #expect(tag(html)?.form == form) }

    @Test(arguments: [
        "<script src=jquery.js>", "<script>alert(1)</script>",
        "<script type=application/json>pointerscope</script>",
        "<script src=a.js data-endpoint=https://a>", "<meta content=pointerscope.js>",
        "<script src=/pointerscope/a.js>",
    ])
    func whatIsNoTag(html: String) { #expect(tag(html) == nil) }

    @Test(arguments: [
        ("/a", "/a", true), ("/a/b", "/a", true), ("/ab", "/a", false), ("/a/b", "/a/", true),
        ("/a", "/a/b", false),
        ("/a/b/c", "/*/b", true), ("/a/b", "/*/c", false), ("/abcabd/e", "/*abd", true),
        ("/abc", "/a*c", true),
        ("/ab", "/ab*b", false), ("/x/y", "/", true), ("/a/b", "*/b", false), ("/", "/*", true),
    ])
    func patterns(path: String, pattern: String, isMatch: Bool) {
        #expect(PageJudge.begins(path, with: pattern) == isMatch)
    }

    @Test(arguments: [
        ("a.example", "a.example", true), ("b.a.example", "a.example", false),
        ("b.a.example", "*.a.example", true),
        ("a.example", "*.a.example", false), ("xa.example", "*.a.example", false),
        ("a.example", "A.example", false),
    ])
    func hosts(host: String, name: String, isMatch: Bool) {
        #expect(PageJudge.isHost(host, name) == isMatch)
    }

    @Test func endpoints() throws {
        func find(_ html: String, _ script: String = "") throws -> PageJudge.Endpoint {
            PageJudge.endpoint(of: try #require(tag(html)), script: Array(script.utf8))
        }
        let plain = "<script src=pointerscope.js "
        let socket = try #require(WebAddress(parsing: "wss://w.example/ws"))
        #expect(
            try find(plain + "data-endpoint=wss://w.example/ws>") == .address(socket, by: "data-endpoint"))
        #expect(
            try find(plain + "data-endpoint=https://w.example/ws>") == .malformed("https://w.example/ws"))
        #expect(try find(plain + "data-endpoint=/ws>") == .malformed("/ws"))
        #expect(try find(plain + "data-ingest=wss://w.example/ws>") == .address(socket, by: "data-ingest"))
        #expect(try find(plain + "data-endpoint=data:x>") == .malformed("data:x"))
        #expect(
            try find(plain + ">", "a='x';b=\"wss://w.example/ws\"") == .address(socket, by: "the snippet"))
        #expect(try find(plain + ">", "a='wss://w.example/ws") == .unknown)
        #expect(try find(plain + ">", "a=`wss://${b}/ws`") == .unknown)
    }

    @Test func mixedContent() {
        #expect(PageJudge.script(.failed("x"), at: file.with(.http)!, on: page)[0].level == .fail)
        let plain = PageJudge.Endpoint.address(WebAddress(parsing: "ws://watch.example/")!, by: "x")
        #expect(PageJudge.endpoint(plain, on: page)[0].check == "mixed")
        #expect(PageJudge.endpoint(plain, on: page.with(.http)!)[0].level == .ok)
        let here = PageJudge.Endpoint.address(WebAddress(parsing: "ws://127.0.0.1:8081/")!, by: "x")
        #expect(PageJudge.endpoint(here, on: page)[0].level == .ok)
    }

    @Test func wordsToAdd() throws {
        let plain = try #require(tag("<script src=pointerscope.js>"))
        func script(_ policy: String) -> String? {
            PageJudge.scriptPolicy([PagePolicy(parsing: policy)], plain, at: file, on: page).mend
        }
        #expect(script("script-src 'self'") == "add to script-src: https://watch.example")
        #expect(script("default-src 'self'") == "add to the policy: script-src 'self' https://watch.example")
        #expect(script("script-src 'none'") == "in the place of 'none': script-src https://watch.example")
        #expect(script("script-src 'strict-dynamic'")?.contains("nonce=") == true)
        #expect(script("img-src 'none'") == nil)
        let sealed = try #require(tag("<script src=pointerscope.js integrity=sha256-x nonce=n>"))
        func sealedScript(_ policy: String) -> Verdict {
            PageJudge.scriptPolicy([PagePolicy(parsing: policy)], sealed, at: file, on: page)
        }
        #expect(sealedScript("script-src 'sha256-x'").text.contains("not the parts that it loads"))
        #expect(sealedScript("script-src 'sha256-x'").mend == "add to script-src: https://watch.example")
        for policy in ["'sha256-x' 'nonce-n'", "'sha256-x' https:", "'sha256-x' 'strict-dynamic'"] {
            #expect(sealedScript("script-src " + policy).level == .ok)
        }
        let socket = try #require(WebAddress(parsing: "wss://watch.example/ws"))
        func connect(_ policy: String) -> Verdict? {
            PageJudge.connectPolicy([PagePolicy(parsing: policy)], to: socket, on: page)
        }
        #expect(
            connect("connect-src 'self'")?.mend
                == "add to connect-src: wss://watch.example https://watch.example")
        #expect(connect("connect-src wss:")?.level == .warn)
        #expect(connect("connect-src wss:")?.mend == "add to connect-src: https://watch.example")
        #expect(connect("connect-src wss: https:")?.level == .ok)
        // Each policy has its say.
        let both = [PagePolicy(parsing: "connect-src *"), PagePolicy(parsing: "default-src 'none'")]
        #expect(PageJudge.connectPolicy(both, to: socket, on: page)?.level == .fail)
    }
}
