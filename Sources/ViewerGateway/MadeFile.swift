import ByteCore

/// A file that is served with something filled in; made once, since answers may still point into it.
@safe final class MadeFile {
    let file: StaticFile

    /// Makes the file at `path` of a text.
    init(path: String, _ text: borrowing ByteBuffer) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        unsafe copy.copyMemory(from: text.readable)
        file = unsafe StaticFile(path: path, bytes: UnsafeRawBufferPointer(copy))
    }

    deinit { unsafe file.bytes.deallocate() }
}

/// The files that name where this server is; nil until somebody asks for them.
struct MadeFiles {
    var samplePage: MadeFile?
    /// By their paths below `client-js/`.
    var scripts: [String: SnippetScript] = [:]
    var misdirected: MadeFile?
}
