import Glibc

/// What is in a file or a pipe of at most `limit` bytes, if it is there within so many milliseconds.
///
/// A pipe that nobody writes to is empty, and one that is held open is not waited for longer.
public func readFileInTime(
    _ path: String, limit: Int, milliseconds: Int
) throws(UnreadableFile) -> [UInt8] {
    let file: Descriptor
    do throws(SystemError) {
        file = try Descriptor.opening(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
    } catch {
        throw .system(code: error.code)
    }
    let deadline = MonotonicClock.now() + Int64(milliseconds) * 1_000_000
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count <= limit {
        let count = unsafe read(file.raw, &room, room.count)
        if count == 0 { return bytes }
        if count > 0 {
            bytes += room[..<count]
        } else if errno == EAGAIN {
            guard waitUntilReady(file.raw, for: .readable, deadline: deadline) else {
                throw .system(code: ETIMEDOUT)
            }
        } else if errno != EINTR {
            throw errno == EISDIR ? .directory : .system(code: errno)
        }
    }
    throw .tooLarge(limit: limit)
}

/// Waits until a descriptor is ready (poll(2)); false where it is not by the deadline, in monotonic
/// nanoseconds.
public func waitUntilReady(_ descriptor: Int32, for interest: Interest, deadline: Int64) -> Bool {
    while true {
        let left = (deadline - MonotonicClock.now() + 999_999) / 1_000_000
        guard left > 0 else { return false }
        var events: Int16 = 0
        if interest.contains(.readable) { events |= Int16(POLLIN) }
        if interest.contains(.writable) { events |= Int16(POLLOUT) }
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let ready = unsafe poll(&entry, 1, Int32(clamping: left))
        if ready > 0 { return true }
        if ready < 0, errno != EINTR { return false }
    }
}
