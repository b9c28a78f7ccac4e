import ByteCore

/// The page with the snippet in it, which names where samples go.
struct SamplePage {
    let file: StaticFile
    let policy: ContentPolicy

    /// Replaces every `{{INGEST}}` of `page` by `ingest`, `HOST:PORT`.
    init(_ page: StaticFile, ingest: String) {
        var text = ByteBuffer(capacity: page.bytes.count + 64)
        var rest = page.bytes
        while let first = rest.first {
            if let behind = tail(of: rest, after: "{{INGEST}}") {
                text.append(text: ingest)
                rest = behind
            } else {
                text.append(first)
                rest = UnsafeRawBufferPointer(rebasing: rest[1...])
            }
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        copy.copyMemory(from: text.readable)
        file = StaticFile(path: page.path, bytes: UnsafeRawBufferPointer(copy))
        policy = .samplePage(ingest: ingest)
    }
}
