import Glibc

/// What the kernel tells of files and directories (inotify(7)), without anybody having to look.
@safe public struct FileNotices: ~Copyable {
    /// A number that the kernel has given to what is watched; the same for each name that leads there.
    public typealias Watch = Int32

    /// What was told.
    public enum Notice: Equatable, Sendable {
        /// In a directory something new has this name: a file that is still open, or a link.
        case created(Watch, String)
        /// In a directory this name went, or stands for something else, or for a new directory.
        case moved(Watch, String)
        /// In a directory what has this name has other rights.
        case permitted(Watch, String)
        /// A file was written into, and is not closed since then.
        case written(Watch)
        /// A file that somebody could write into was closed; in a directory, of this name.
        case closed(Watch, String?)
        /// What is watched has changed in another way: its rights, its place, or it is gone.
        case changed(Watch)
        /// More has happened than the kernel keeps.
        case missed
    }

    private static let directoryMask = UInt32(
        IN_CREATE | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF
            | IN_MOVE_SELF | IN_ONLYDIR)
    private static let fileMask = UInt32(
        IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)
    /// `struct inotify_event`: watch, mask, cookie and length of the name, 32 bits each; then the name.
    private static let headerBytes = 16
    private static let roomBytes = 16 * 1024

    private let descriptor: Descriptor

    /// Watches nothing yet.
    ///
    /// - Throws: EMFILE where the user has as many of these as the system gives
    /// (`fs.inotify.max_user_instances` of proc(5)).
    public init() throws(SystemError) {
        let number = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard number >= 0 else { throw SystemError("inotify_init1") }
        descriptor = Descriptor(owning: number)
    }

    /// For the poller.
    public var raw: Int32 { descriptor.raw }

    /// Has names in a directory told.
    ///
    /// - Throws: ENOSPC where the user watches as many as the system allows (`fs.inotify.max_user_watches`),
    /// EACCES where the directory cannot be read, ENOENT or ENOTDIR where there is none.
    public func watch(directory path: String) throws(SystemError) -> Watch {
        try watch(path, Self.directoryMask)
    }

    /// Has what becomes of the file told that the path leads to now; errors as for a directory.
    public func watch(file path: String) throws(SystemError) -> Watch { try watch(path, Self.fileMask) }

    private func watch(_ path: String, _ mask: UInt32) throws(SystemError) -> Watch {
        let number = unsafe inotify_add_watch(descriptor.raw, path, mask)
        guard number >= 0 else { throw SystemError("inotify_add_watch") }
        return number
    }

    /// Ends a watch; what was told of it before is still read.
    public func unwatch(_ watch: Watch) { _ = inotify_rm_watch(descriptor.raw, watch) }

    /// What was told since the last call, of the oldest that fits 16 KiB; empty where there is nothing.
    public func read() -> [Notice] {
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.roomBytes, alignment: 8) { room in
            let count = unsafe Glibc.read(descriptor.raw, room.baseAddress, room.count)
            guard count > 0 else { return [] }
            return unsafe Self.notices(in: UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
    }

    private static func notices(in bytes: UnsafeRawBufferPointer) -> [Notice] {
        var notices: [Notice] = []
        var offset = 0
        while offset + headerBytes <= bytes.count {
            let watch = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
            let mask = unsafe bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            let length = Int(unsafe bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
            let end = min(offset + headerBytes + length, bytes.count)
            let name = unsafe bytes[(offset + headerBytes)..<end].prefix { $0 != 0 }
            unsafe notices.append(notice(watch, mask, String(decoding: name, as: UTF8.self)))
            offset = end
        }
        return notices
    }

    private static func notice(_ watch: Watch, _ mask: UInt32, _ name: String) -> Notice {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .missed }
        let isClosed = mask & UInt32(IN_CLOSE_WRITE) != 0
        if !name.isEmpty {
            if isClosed { return .closed(watch, name) }
            if mask & UInt32(IN_CREATE | IN_ISDIR) == UInt32(IN_CREATE) { return .created(watch, name) }
            return mask & UInt32(IN_ATTRIB) != 0 ? .permitted(watch, name) : .moved(watch, name)
        }
        if mask & UInt32(IN_MODIFY) != 0 { return .written(watch) }
        if isClosed { return .closed(watch, nil) }
        return .changed(watch)
    }
}
