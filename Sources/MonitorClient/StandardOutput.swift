import ByteCore
import Glibc

/// Standard output as something to write lines to that never holds up the loop.
///
/// The descriptor is shared with the shell, so it is not made non-blocking. A pipe or terminal is opened once
/// more; a file takes everything at once; a socket is asked not to wait.
final class StandardOutput {
    /// How far writing got.
    enum Progress: Equatable {
        case idle
        /// Go on when it can be written to.
        case pending
        /// Whoever read it is gone.
        case closed
        /// It cannot be written to; the errno(3).
        case failed(Int32)
    }

    private enum Way {
        case file
        case own(Int32)
        case socket
        /// It cannot be opened again: as much at a time as a pipe that has room takes (PIPE_BUF, pipe(7)).
        case guarded
    }

    private static let guardedBytes = 4096

    private let way: Way
    private var pending = ByteBuffer(capacity: 1024)
    /// How writing ended: the errno(3), 0 while it has not.
    private var failure: Int32 = 0

    init() {
        var status = stat()
        guard fstat(STDOUT_FILENO, &status) == 0 else {
            way = .guarded
            failure = errno
            return
        }
        // Opened once more it might be writable, and what was to be seen would go nowhere.
        if fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE == O_RDONLY { failure = EBADF }
        switch status.st_mode & S_IFMT {
        case S_IFREG: way = .file
        case S_IFSOCK: way = .socket
        default:
            let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
            let own = open("/proc/self/fd/\(STDOUT_FILENO)", flags)
            way = own >= 0 ? .own(own) : .guarded
        }
    }

    deinit {
        if case .own(let descriptor) = way { close(descriptor) }
    }

    /// To be watched for room while writing is pending, and for its reader's end; a file cannot be.
    var descriptor: Int32? {
        switch way {
        case .file: nil
        case .own(let descriptor): descriptor
        case .socket, .guarded: STDOUT_FILENO
        }
    }

    /// Whether all that was given is written.
    var isIdle: Bool { pending.isEmpty }

    /// Appends what `body` adds; `pump` writes it.
    func append(_ body: (inout ByteBuffer) -> Void) { body(&pending) }

    /// Takes in that nobody reads any more.
    func readerIsGone() { failure = EPIPE }

    /// Writes what is pending as far as nobody has to wait for it.
    func pump() -> Progress {
        while !pending.isEmpty, failure == 0 {
            let count = writeOnce(pending.readable)
            if count > 0 {
                pending.consume(count)
            } else if errno == EAGAIN {
                return .pending
            } else if errno != EINTR {
                failure = errno
            }
        }
        guard failure == 0 else { return failure == EPIPE ? .closed : .failed(failure) }
        pending.removeAll(shrinkingTo: 64 * 1024)
        return .idle
    }

    private func writeOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch way {
        case .file: return write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
        case .own(let descriptor): return write(descriptor, bytes.baseAddress, bytes.count)
        case .socket:
            return send(STDOUT_FILENO, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        case .guarded:
            var request = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
            guard poll(&request, 1, 0) == 1 else {
                errno = EAGAIN
                return -1
            }
            return write(STDOUT_FILENO, bytes.baseAddress, min(bytes.count, Self.guardedBytes))
        }
    }
}
