import ByteCore

/// The page with the snippet in it, which names where samples go.
struct SamplePage {
    let file: StaticFile
    let policy: ContentPolicy

    /// Replaces every `{{INGEST}}` of `page` by `ingest`, `HOST:PORT`.
    init(_ page: StaticFile, ingest: String) {
        var text = unsafe ByteBuffer(capacity: page.bytes.count + 64)
        var rest = unsafe page.bytes
        while let first = unsafe rest.first {
            if let behind = unsafe tail(of: rest, after: "{{INGEST}}") {
                text.append(text: ingest)
                unsafe rest = behind
            } else {
                text.append(first)
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[1...])
            }
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        unsafe copy.copyMemory(from: text.readable)
        file = unsafe StaticFile(path: page.path, bytes: UnsafeRawBufferPointer(copy))
        policy = .samplePage(ingest: ingest)
    }
}
