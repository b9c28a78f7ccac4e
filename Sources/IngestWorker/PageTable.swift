import ByteCore

/// Indices for the page paths that samples name, so that a path crosses the data channel once.
///
/// At the limit the index that was given longest ago goes to the newest page; order on the channel makes that
/// safe, since the page record stands before the first sample that means the new page.
struct PageTable: ~Copyable {
    /// What a lookup found.
    enum Lookup: Equatable {
        /// The master knows this index already.
        case known(UInt32)
        /// The master has to be told first.
        case new(UInt32)
    }

    private struct Page {
        var hash: UInt64
        var bytes: UnsafeMutableRawBufferPointer
    }

    private let seed: UInt64
    private let limit: Int
    private var pages: [Page] = []
    private var index: [UInt64: UInt32] = [:]
    private var oldest = 0

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64, limit: Int = WorkerLimits.pages) {
        self.seed = seed
        self.limit = limit
    }

    deinit { for page in pages { page.bytes.deallocate() } }

    /// The index of a path.
    mutating func lookUp(_ path: UnsafeRawBufferPointer) -> Lookup {
        let hash = Hash64.hash(path, seed: seed)
        if let known = index[hash] {
            let bytes = pages[Int(known)].bytes
            if bytes.count == path.count, bytes.elementsEqual(path) { return .known(known) }
            // Two paths of one 64-bit keyed hash: the newer takes the index over.
            replace(Int(known), with: path, hash)
            return .new(known)
        }
        if pages.count < limit {
            pages.append(Page(hash: hash, bytes: Self.copy(of: path)))
            index[hash] = UInt32(pages.count - 1)
            return .new(UInt32(pages.count - 1))
        }
        let place = oldest
        oldest = (oldest + 1) % limit
        index[pages[place].hash] = nil
        replace(place, with: path, hash)
        return .new(UInt32(place))
    }

    private mutating func replace(_ place: Int, with path: UnsafeRawBufferPointer, _ hash: UInt64) {
        pages[place].bytes.deallocate()
        pages[place] = Page(hash: hash, bytes: Self.copy(of: path))
        index[hash] = UInt32(place)
    }

    private static func copy(of path: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: path.count, alignment: 1)
        bytes.copyMemory(from: path)
        return bytes
    }
}
