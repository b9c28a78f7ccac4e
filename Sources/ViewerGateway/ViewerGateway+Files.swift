import ByteCore
import HTTPWire
import PosixIO

/// Files, and those among them that name where this server is.
extension ViewerGateway {
    /// An answer of a file: 304 to whoever has it.
    func reply(with file: StaticFile?, _ request: UnsafeRawBufferPointer) -> Reply {
        guard let file else { return Reply(.notFound, line: Self.nothing) }
        var reply = unsafe Reply(.ok, file.contentType, body: .fixed(file.bytes))
        if unsafe file.tag.isNamed(by: head.fields, in: request) { reply = Reply(.notModified) }
        reply.tag = file.tag
        reply.caching = .revalidated
        return reply
    }

    /// A file that a page names. The script of the dashboard's shared worker is a page of its own to a
    /// browser: what the worker may load is what comes with its script (CSP level 3, section 4.2.1).
    func assetReply(_ request: UnsafeRawBufferPointer) -> Reply {
        let file = unsafe tail(of: path.readable, after: "/assets/").flatMap { unsafe files.find($0) }
        var reply = unsafe reply(with: file, request)
        if file?.path == "dashboard/shared-worker.js" { reply.policy = .dashboard }
        return reply
    }

    static let nothing: StaticString = "there is nothing here"
    /// Why a path below `/admin/` or `/receive/` names nobody.
    static let noName: StaticString = "a name is 1 to 64 of the characters A-Z a-z 0-9 - . _ ~"

    /// The sample page.
    func samplePageReply(_ request: UnsafeRawBufferPointer) -> Reply {
        let ingest = ingestURL
        if made.samplePage == nil {
            made.samplePage = makePage("sample/index.html", ["INGEST": ingest])
        }
        var reply = unsafe reply(with: made.samplePage?.file, request)
        reply.policy = .samplePage(ingest: ingest)
        return reply
    }

    /// The embed snippet, or one of the scripts that it loads: they know where this server is.
    func snippetReply(_ request: UnsafeRawBufferPointer) -> Reply {
        let path = unsafe "snippet" + String(decoding: self.path.readable, as: UTF8.self)
        if made.scripts[path] == nil {
            made.scripts[path] = SnippetScript(path, in: files, endpoint: ingestURL, base: ownURL)
        }
        let coding = unsafe ContentCoding.preferred(by: head.fields, in: request)
        let form = made.scripts[path]?.file(coding)
        var reply = unsafe reply(with: form?.file ?? files.first { $0.path == path }, request)
        if let form, reply.status == .ok { reply.coding = form.coding }
        reply.variesByCoding = true
        reply.isForEveryOrigin = true
        reply.caching = .briefly
        return reply
    }

    /// Where there is no such name: a page with a way on for a browser, else a line.
    func nameReply(_ request: UnsafeRawBufferPointer) -> Reply {
        guard unsafe acceptsPages(request) else { return Reply(.notFound, line: Self.noName) }
        let asked = unsafe tail(of: path.readable, after: "/admin/")
        let name = unsafe asked.map { unsafe Self.nearestName(to: $0) } ?? Self.anyName
        return noticePage(
            .notFound, "No such name", "There is nobody here: \(Self.noName).",
            action: "Open the dashboard as \(name)", base: "../", href: "../admin/\(name)")
    }

    /// Who is meant by nobody in particular.
    private static let anyName = "me"

    /// The name that is most like `text`: what cannot be in one is a `-`, and none stand at its ends.
    private static func nearestName(to text: UnsafeRawBufferPointer) -> String {
        var name: [UInt8] = []
        for index in 0..<text.count {
            let byte = unsafe UnsafeRawBufferPointer(rebasing: text[index...index])
            if unsafe Route.isName(byte) {
                unsafe name.append(byte[0])
            } else if let last = name.last, last != UInt8(ascii: "-") {
                name.append(UInt8(ascii: "-"))
            }
            if name.count == Limits.nameBytes { break }
        }
        while name.last == UInt8(ascii: "-") { name.removeLast() }
        // Dots alone would lead elsewhere.
        let leads = name.allSatisfy { $0 == UInt8(ascii: ".") }
        return leads ? anyName : String(decoding: name, as: UTF8.self)
    }

    /// Says to whoever asked for another host which one is right.
    func misdirectedReply() -> Reply {
        guard let publicURL = settings.publicURL else {
            return Reply(
                .misdirectedRequest,
                line: "only loopback names are answered here; --public-url names another")
        }
        let file =
            made.misdirected
            ?? {
                var text = ByteBuffer(capacity: 256)
                text.append("only ")
                text.append(text: publicURL.authority)
                text.append(" and loopback names are answered here\n")
                return MadeFile(path: "misdirected.txt", text)
            }()
        made.misdirected = file
        return unsafe Reply(.misdirectedRequest, ContentType.text, body: .fixed(file.file.bytes))
    }

    /// Where pages send their samples.
    private var ingestURL: String {
        settings.publicURL?.ingestURL ?? "ws://\(source?.ingestAuthority ?? "")"
    }

    /// Where this server is, with a slash behind it.
    private var ownURL: String {
        settings.publicURL?.text ?? "http://\(address.reachable.authority)/"
    }

    private func makePage(_ path: StaticString, _ values: KeyValuePairs<StaticString, String>) -> MadeFile? {
        guard let page = files.find(path) else { return nil }
        var text = unsafe ByteBuffer(capacity: page.bytes.count + 256)
        unsafe PageTemplate(page.bytes).append(to: &text, values)
        return MadeFile(path: page.path, text)
    }

    /// Whether who asks shows pages, as browsers do that go somewhere (RFC 9110, section 12.5.1).
    func acceptsPages(_ request: UnsafeRawBufferPointer) -> Bool {
        var accepts = false
        unsafe head.fields.forEachElement(of: "accept", in: request) { element in
            accepts = unsafe tail(of: element, after: "text/html") != nil
            return !accepts
        }
        return accepts
    }
}
