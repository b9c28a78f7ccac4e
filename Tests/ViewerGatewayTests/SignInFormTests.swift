import Foundation
import TestSupport
import Testing

@testable import ViewerGateway

@Suite struct SignInFormTests {
    private func form(_ text: String) -> SignInForm? {
        Array(text.utf8).withUnsafeBytes { SignInForm(urlEncoded: $0) }
    }

    private func json(_ bytes: [UInt8]) -> SignInForm? { bytes.withUnsafeBytes { SignInForm(json: $0) } }

    private func json(_ text: String) -> SignInForm? { json(Array(text.utf8)) }

    /// All that a form says, in words.
    private func words(_ form: SignInForm?) -> String {
        guard let form else { return "none" }
        let texts = [form.name, form.password, form.again, form.code, form.invite, form.ticket, form.path]
            .map { String(decoding: $0, as: UTF8.self) }
        return texts.joined(separator: "|") + "|\(form.isEverywhere)|\(form.takesOver)"
    }

    // WHATWG URL, application/x-www-form-urlencoded: pairs by &, + is a space, %XX a byte.
    @Test(arguments: [
        ("", "|||||||false|false"),
        ("name=ann&password=correct+horse", "ann|correct horse||||||false|false"),
        (
            "token=c&invite=i&ticket=t&return=%2Fadmin%2Fann&again=a%26b&where=everywhere",
            "||a&b|c|i|t|/admin/ann|true|false"
        ),
        ("password=%C3%A9%00%2b", "|é\0+||||||false|false"), ("n%61me=ann", "ann|||||||false|false"),
        // The first of several counts, as with queries.
        ("name=ann&name=ben&password=&password=x", "ann|||||||false|false"),
        ("where=Everywhere&takeOver=true&other=1&=&&name", "|||||||false|false"),
        ("name=%", "none"), ("password=%4", "none"), ("token=%zz", "none"), ("return=%2", "none"),
        // Where it is none of ours it is nobody's business.
        ("other=%", "|||||||false|false"),
    ])
    func urlEncoded(text: String, expected: String) { #expect(words(form(text)) == expected) }

    @Test(arguments: [
        ("{}", "|||||||false|false"),
        (" {\"name\":\"ann\", \"password\" : \"correct horse\"}\n", "ann|correct horse||||||false|false"),
        (
            "{\"takeOver\":true,\"everywhere\":true,\"ticket\":\"t\",\"other\":[{\"name\":\"x\"}]}",
            "|||||t||true|true"
        ),
        ("{\"takeOver\":false,\"everywhere\":false}", "|||||||false|false"),
        ("{\"password\":\"\\u00e9\\n\\\"\\uD83D\\uDE00\"}", "|é\n\"😀||||||false|false"),
        ("{\"n\\u0061me\":\"ann\"}", "ann|||||||false|false"),
        // Twice, in whatever spelling.
        ("{\"name\":\"ann\",\"name\":\"ann\"}", "none"), ("{\"name\":\"a\",\"n\\u0061me\":\"b\"}", "none"),
        ("{\"takeOver\":true,\"takeOver\":true}", "none"),
        // Of another kind.
        ("{\"name\":1}", "none"), ("{\"name\":null}", "none"), ("{\"password\":[\"a\"]}", "none"),
        ("{\"ticket\":true}", "none"), ("{\"takeOver\":\"true\"}", "none"), ("{\"takeOver\":1}", "none"),
        ("{\"everywhere\":null}", "none"), ("{\"name\":\"\\uD800\"}", "none"),
        // No object, or more than one.
        ("", "none"), ("[]", "none"), ("\"name\"", "none"), ("null", "none"), ("{}{}", "none"),
        ("{},", "none"),
        ("{\"name\":\"ann\",}", "none"), ("{name:\"ann\"}", "none"),
        ("{\"a\":[[[[[[1]]]]]]}", "none"),
        // The way back and the first admin are the pages' alone.
        ("{\"token\":\"c\",\"return\":\"/x\",\"invite\":\"i\",\"again\":\"a\"}", "|||c||||false|false"),
    ])
    func ofJSON(text: String, expected: String) { #expect(words(json(text)) == expected) }

    @Test func everyCutOfAnObjectIsNone() {
        let whole = Array("{\"name\":\"ann\",\"password\":\"p\\u00e9\",\"takeOver\":true,\"x\":[1,{}]}".utf8)
        #expect(json(whole) != nil)
        for cut in 0..<whole.count { #expect(json(Array(whole[..<cut])) == nil, "cut at \(cut)") }
        #expect(json(whole + [0xFF]) == nil)
    }

    @Test func everyCutOfAFormIsItsBeginning() {
        let whole = "name=ann&password=a%2Bb&where=everywhere"
        for cut in 0...whole.utf8.count {
            let piece = String(whole.prefix(cut))
            let isInEscape = piece.hasSuffix("%") || piece.hasSuffix("%2")
            guard let form = form(piece) else {
                #expect(isInEscape, "\(piece)")
                continue
            }
            #expect(!isInEscape)
            #expect(
                Array("ann".utf8).starts(with: form.name) && Array("a+b".utf8).starts(with: form.password))
            #expect(form.isEverywhere == (cut == whole.utf8.count))
        }
    }

    /// What is encoded comes out again, whatever bytes it has.
    @Test func anyBytesComeThroughAForm() {
        var random = SplitMix64(seed: 1866)
        for _ in 0..<500 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let text = bytes.map { byte -> String in
                if byte == 0x20 { return "+" }
                let isPlain = byte > 0x20 && byte < 0x7F && !"&=%+".utf8.contains(byte)
                return isPlain
                    ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
            let form = form("name=x&password=\(text)&token=\(text)")
            #expect(form?.password == bytes && form?.code == bytes)
        }
    }

    /// What another reader of JSON takes as these members is taken so, and nothing gets through it refuses.
    @Test func objectsThatAreBrokenSomewhere() throws {
        var random = SplitMix64(seed: 8259)
        let whole = Array("{\"name\":\"ann\",\"password\":\"b\\u0041c\",\"takeOver\":true}".utf8)
        var accepted = 0
        for round in 0..<6000 {
            var bytes = whole
            for _ in 0...random.below(2) {
                let index = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[index] = random.pick(Array("\"\\{}[]:,tfn0 u".utf8) + [0, 0x1F, 0x80, 0xFF])
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes[random.below(bytes.count)], at: index)
                }
            }
            guard let form = json(bytes) else { continue }
            accepted += 1
            let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            let other = try #require(object, "round \(round): \(String(decoding: bytes, as: UTF8.self))")
            #expect(form.name == Array((other["name"] as? String ?? "").utf8))
            #expect(form.password == Array((other["password"] as? String ?? "").utf8))
            #expect(form.takesOver == (other["takeOver"] as? Bool ?? false))
        }
        #expect(accepted > 100)
    }
}
