import ByteCore

@testable import HTTPWire
@testable import ViewerGateway

extension FuzzTarget {
    /// What a person or a program says to be let in. The first byte says what the rest is: a form, an object
    /// of JSON, or where to go on afterwards.
    static let signInForm = FuzzTarget(
        name: "sign-in-form", longestInput: 1024,
        seeds: {
            Seed.texts([
                "fname=ann&password=correct+horse&token=c%2b&return=%2Fadmin%2Fann",
                "finvite=i&again=a&ticket=t&where=everywhere&name=a&name=b", "fn%61me=%",
                #"j{"name":"ann","password":"b\u0041c","takeOver":true}"#,
                #"j {"everywhere":false,"ticket":"t","other":[{"name":1}],"name":"\uD83D\uDE00"}"#,
                #"j{"name":"a","n\u0061me":"b"}"#, "j[]", "p/admin/ann?x=1", "p//evil.example", "p/ps/\\x",
                "p/ps/admin/ann", "p/\t/evil.example",
            ])
        }
    ) { input in
        guard let kind = input.first else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        switch kind {
        case UInt8(ascii: "p"): return pathFault(Array(rest))
        case UInt8(ascii: "j"): return formFault(SignInForm(json: rest), of: rest.count)
        default: return formFault(SignInForm(urlEncoded: rest), of: rest.count)
        }
    }

    /// What a viewer says of whom it looks at; what is made of it can be said again.
    static let lookForm = FuzzTarget(
        name: "look-form", longestInput: 512,
        seeds: {
            Seed.texts([
                #"{"viewer":"K1rPq0cX2mVz7yQw","id":"user123","token":"c"}"#,
                #" {"id":null, "viewer" : "w"} "#,
                #"{"viewer":"\u0041","id":"\uD83D\uDE00","other":[{"id":1}]}"#,
                #"{"viewer":"w","id":""}"#, #"{"viewer":"w","id":"a","i\u0064":"b"}"#,
                #"{"viewer":"w","id":nul}"#,
                "[]", #"{"id":"a"}"#, #"{"viewer":"w","id":"a\u0000"}"#,
            ])
        }
    ) { input in
        guard let form = LookForm(json: input) else { return nil }
        let sum = form.viewer.count + form.id.count + form.code.count
        guard sum <= input.count, form.id.isEmpty || FrontLines.isID(form.id) else {
            return "no id of anybody"
        }
        var text = ByteBuffer(capacity: 1024)
        text.append("{\"viewer\":")
        form.viewer.withUnsafeBytes { text.appendJSONString($0) }
        text.append(",\"id\":")
        if form.id.isEmpty {
            text.append("null")
        } else {
            form.id.withUnsafeBytes { text.appendJSONString($0) }
        }
        text.append("}")
        let again = LookForm(json: text.readable)
        let isSame = again?.viewer == form.viewer && again?.id == form.id
        return isSame ? nil : "it reads otherwise the second time"
    }

    /// Decoding makes nothing longer.
    private static func formFault(_ form: SignInForm?, of count: Int) -> String? {
        guard let form else { return nil }
        let parts = [form.name, form.password, form.again, form.code, form.invite, form.ticket, form.path]
        let sum = parts.reduce(0) { $0 + $1.count }
        return sum <= count ? nil : "\(sum) bytes of \(count)"
    }

    /// What is accepted is a path of this server however it is read, and accepted again as it is.
    private static func pathFault(_ bytes: [UInt8]) -> String? {
        for base in ["", "/ps"] {
            guard let path = OwnPath(bytes, below: Array(base.utf8)) else { continue }
            let second = path.bytes.dropFirst().first
            guard path.bytes.first == UInt8(ascii: "/"), second != UInt8(ascii: "/"),
                second != UInt8(ascii: "\\"),
                path.bytes.allSatisfy({ (0x21...0x7E).contains($0) }), path.location == "." + path.text,
                OwnPath(path.bytes, below: [])?.bytes == path.bytes
            else { return "\(path.text) is taken for one of ours" }
        }
        return nil
    }

    /// The lines of cookies. The input stands in a request's Cookie lines, one for each line of it; a reader
    /// of text finds the same.
    static let cookies = FuzzTarget(
        name: "cookies", longestInput: 512,
        seeds: {
            Seed.texts([
                "a=1; ps=Zm9v; b=2", "ps=\"x\"; ps=\"; ps=\"\"", "ps=1\nps=2;ps\n;;ps==", "ps =1;\tps=2 ",
                "PS=1", "",
                "ps=a; ps=b; ps=c; ps=d; ps=e",
            ])
        }
    ) { input in
        let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            Array($0)
        }
        var request = Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8)
        for line in lines { request += Array("Cookie: ".utf8) + line + Array("\r\n".utf8) }
        request += Array("\r\n".utf8)
        var head = HTTPRequestHead()
        guard case .complete = request.withUnsafeBytes({ HTTPRequestParser.parse($0, into: &head) }) else {
            return nil
        }
        let name = Array("ps".utf8)
        var found: [[UInt8]] = []
        request.withUnsafeBytes { bytes in
            HTTPCookies.forEachValue(of: name, in: head.fields, bytes, limit: 4) { value in
                found.append(Array(value))
                return true
            }
        }
        let expected = Array(lines.flatMap { cookies(name, in: $0) }.prefix(4))
        return found == expected ? nil : "\(found), not \(expected)"
    }

    private static func cookies(_ name: [UInt8], in line: [UInt8]) -> [[UInt8]] {
        line.split(separator: UInt8(ascii: ";")).compactMap { part in
            func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
            let pair = Array(part.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
            guard pair.starts(with: name + [UInt8(ascii: "=")]) else { return nil }
            let value = Array(pair.dropFirst(name.count + 1))
            let quote = UInt8(ascii: "\"")
            let isQuoted = value.count >= 2 && value.first == quote && value.last == quote
            return isQuoted ? Array(value.dropFirst().dropLast()) : value
        }
    }
}
