import ByteCore
import Testing

@testable import ViewerGateway

@Suite struct PageTemplateTests {
    private func fill(_ template: String, _ values: KeyValuePairs<StaticString, String>) -> String {
        Array(template.utf8).withUnsafeBytes { bytes in
            var text = ByteBuffer(capacity: 64)
            PageTemplate(bytes).append(to: &text, values)
            return String(decoding: text.readable, as: UTF8.self)
        }
    }

    @Test func placesAreFilled() {
        #expect(fill("<a>{{A}}</a>{{B-C}}{{A}}", ["A": "1", "B-C": "two"]) == "<a>1</a>two1")
        #expect(fill("", ["A": "1"]) == "")
        #expect(fill("{{A}}{{B}}", ["A": "1"]) == "1", "a place without a value is empty")
        #expect(fill("é{{A}}😀", ["A": "ü"]) == "éü😀")
    }

    @Test func whatIsFilledInIsText() {
        let evil = #"<script>"'&{{B}}{{?B}}x"#
        let shown = "&lt;script&gt;&quot;&#39;&amp;{{B}}{{?B}}x"
        #expect(
            fill(#"<i title="{{A}}">{{A}}</i>"#, ["A": evil, "B": "no"])
                == "<i title=\"\(shown)\">\(shown)</i>")
    }

    @Test func placesMadeOfValuesAreNone() {
        #expect(fill("{{{A}}{{{B}}}", ["A": "{", "B": "}"]) == "{{{}}")
    }

    @Test func partsAreLeftOutWithoutAValue() {
        let template = "a{{?E}}<p>{{E}}</p>{{/E}}b{{?F}}f{{/F}}"
        #expect(fill(template, ["E": "wrong", "F": ""]) == "a<p>wrong</p>b")
        #expect(fill(template, ["E": "", "F": "x"]) == "abf")
        #expect(fill(template, [:]) == "ab")
    }

    @Test(arguments: [
        "{{INGES", "{{a}}", "{{}}", "{{A }}", "{ {A}}", "{{?}}", "{{/}}", "{{A}", "{{", "{", "}}", "{{?A",
    ])
    func whatIsNoPlaceStays(text: String) {
        #expect(fill("x\(text)", ["A": "1"]) == "x\(text)")
    }

    @Test func everyPageIsWholeWithItsValues() throws {
        let files = StaticFile.embedded()
        let values: KeyValuePairs<StaticString, String> = [
            "BASE": "../", "ERROR": "no <such> name", "FORM": "f0", "RETURN": "/admin/ann", "NAME": "ann",
            "INVITE": "i0", "ADDRESS": "203.0.113.7", "SINCE": "10:00", "TITLE": "T", "TEXT": "text",
            "HREF": "../sign-in", "ACTION": "Sign in", "INGEST": "ws://127.0.0.1:1",
        ]
        var count = 0
        for file in files where file.path.hasSuffix(".html") {
            var text = ByteBuffer(capacity: 4096)
            PageTemplate(file.bytes).append(to: &text, values)
            let page = String(decoding: text.readable, as: UTF8.self)
            #expect(!page.contains("{{") && !page.contains("}}"), "\(file.path)")
            #expect(!page.contains("<such>"), "\(file.path)")
            count += 1
        }
        #expect(count == 6)
    }
}
