import ByteCore
import ClientAssets

/// A file that is served as it is; its bytes stay where they are as long as the process runs.
@safe struct StaticFile {
    /// Its path below `client-js/`.
    let path: String
    let bytes: UnsafeRawBufferPointer
    let contentType: StaticString
    let tag: EntityTag

    /// Every file of `client-js/` inside the binary.
    static func embedded() -> [StaticFile] {
        var files: [StaticFile] = []
        while let asset = unsafe client_asset(files.count)?.pointee {
            unsafe files.append(
                StaticFile(
                    path: String(cString: asset.name),
                    bytes: UnsafeRawBufferPointer(start: asset.bytes, count: asset.count)))
        }
        return files
    }

    /// Describes a file; `bytes` must outlive every response.
    init(path: String, bytes: UnsafeRawBufferPointer) {
        self.path = path
        unsafe self.bytes = bytes
        contentType = ContentType.find(path: path)
        tag = unsafe EntityTag(of: bytes)
    }
}

extension [StaticFile] {
    /// The file at a path below `client-js/`.
    func find(_ path: UnsafeRawBufferPointer) -> StaticFile? {
        first { unsafe $0.path.utf8.elementsEqual(path) }
    }

    /// The file at a literal path.
    func find(_ path: StaticString) -> StaticFile? {
        unsafe find(UnsafeRawBufferPointer(start: path.utf8Start, count: path.utf8CodeUnitCount))
    }
}
