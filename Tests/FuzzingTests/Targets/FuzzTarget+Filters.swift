import BroadcastHub
import ByteCore
import HTTPWire

@testable import ViewerGateway

extension FuzzTarget {
    /// Whom a viewer wants to see. The first byte says what the rest is: an object of JSON, or the query of a
    /// stream or a poll. What is made of the one can be said again.
    static let filterForm = FuzzTarget(
        name: "filter-form", longestInput: 1024,
        seeds: {
            Seed.texts([
                #"j{"viewer":"K1rPq0cX2mVz7yQw","page":["/shop/*","/a?x=1"],"visitor":["u"],"token":"c"}"#,
                #"j {"page":[], "viewer" : "w"} "#, #"j{"viewer":"w","visitor":["\u0041","\uD83D\uDE00"]}"#,
                #"j{"viewer":"w","page":[""]}"#, #"j{"viewer":"w","page":"a"}"#,
                #"j{"viewer":"w","page":[[1]]}"#,
                #"j{"viewer":"w","p\u0061ge":["a"],"page":["b"]}"#, "j[]",
                "qpage=%2Fshop%2F*&page=/a+b&visitor=u&v%69sitor=v&shape=frames&hz=30", "qpage", "qpage=%F",
                "qcursor=00c0ffee00c0ffee-17&visitor=%FF", "q&&page=&=&visitor=a=b",
            ])
        }
    ) { input in
        guard let kind = input.first else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        return kind == UInt8(ascii: "j") ? fault(inForm: rest) : fault(inQuery: rest)
    }

    private static func fault(inForm input: UnsafeRawBufferPointer) -> String? {
        guard let form = FilterForm(json: input) else { return nil }
        let texts = form.pages + form.visitors
        let sum = texts.reduce(form.viewer.count + form.code.count) { $0 + $1.count }
        guard sum <= input.count else { return "\(sum) bytes of \(input.count)" }
        if let filter = try? StreamFilter(pages: form.pages, visitors: form.visitors) {
            let turned = try? StreamFilter(pages: form.pages.reversed(), visitors: form.visitors.reversed())
            guard filter == turned else { return "a filter is another in another order" }
            guard filter.isEmpty == texts.isEmpty else { return "a filter of nobody" }
        }
        var text = ByteBuffer(capacity: 1024)
        text.append("{\"viewer\":")
        form.viewer.withUnsafeBytes { text.appendJSONString($0) }
        for (key, list) in [(",\"page\":[", form.pages), (",\"visitor\":[", form.visitors)] {
            text.append(text: key)
            for (place, entry) in list.enumerated() {
                if place > 0 { text.append(",") }
                entry.withUnsafeBytes { text.appendJSONString($0) }
            }
            text.append("]")
        }
        text.append("}")
        let again = FilterForm(json: text.readable)
        let isSame =
            again?.viewer == form.viewer && again?.pages == form.pages && again?.visitors == form.visitors
        return isSame ? nil : "it reads otherwise the second time"
    }

    private static func fault(inQuery query: UnsafeRawBufferPointer) -> String? {
        var request = ByteBuffer(capacity: 1024)
        request.append("GET /receive/a?")
        request.append(query)
        request.append(" HTTP/1.1\r\nHost: a\r\n\r\n")
        var head = HTTPRequestHead()
        var scratch = ByteBuffer(capacity: 64)
        let bytes = request.readable
        guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return nil }
        for isPoll in [false, true] {
            let wanted = try? StreamRequest(head, in: bytes, isPoll: isPoll, scratch: &scratch)
            if wanted?.filter?.isEmpty == true { return "a filter that takes everybody is kept" }
        }
        return nil
    }
}
