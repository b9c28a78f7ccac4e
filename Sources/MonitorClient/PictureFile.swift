import ByteCore
import Glibc
import PosixIO
import TerminalGraph

/// A file that somebody at the terminal asks for; it is new, or it is not written.
struct PictureFile: ~Copyable {
    private var path: String
    /// What stands behind its own name; nil where somebody gave it one.
    private let suffix: String?
    var text = ByteBuffer(capacity: 16 * 1024)

    /// Where `name` is empty it is made of the view and the time, in the directory that the program runs in.
    init(_ format: PictureFormat, view: String, name: String) {
        suffix = name.isEmpty ? ".\(format.suffix)" : nil
        if name.isEmpty {
            path = "pointerscope-\(view)-\(Self.time())"
        } else if name.hasPrefix("~/"), let home = ProcessEnvironment.value(of: "HOME") {
            path = home + name.dropFirst()
        } else {
            path = name
        }
    }

    /// The signs of a picture, without what is blank at the right.
    mutating func take(_ canvas: CellCanvas) {
        for row in 0..<canvas.rows {
            let line = canvas.text(row: row)
            let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
            text.append(text: String(line[..<end]) + "\n")
        }
    }

    /// Writes it, and returns what is to be said.
    mutating func write() -> String {
        do throws(SystemError) {
            let file = try open()
            var written = 0
            while written < text.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: text.readable.dropFirst(written))
                let count = unsafe Glibc.write(file.raw, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw SystemError("write") }
                written += count
            }
            return "written: \(path)"
        } catch {
            return "\(path) could not be written: \(error.reason)"
        }
    }

    /// Makes the file; of a name of ours the next that is free, as two pictures may be of the same second.
    private mutating func open() throws(SystemError) -> Descriptor {
        func open(_ path: String) throws(SystemError) -> Descriptor {
            try Descriptor.opening(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: 0o666)
        }
        guard let suffix else { return try open(path) }
        let name = path
        var number = 1
        while true {
            path = name + (number > 1 ? "-\(number)" : "") + suffix
            do throws(SystemError) {
                return try open(path)
            } catch {
                guard error.code == EEXIST, number < TopLimits.filesOfOneSecond else { throw error }
            }
            number += 1
        }
    }

    /// `20261130-141509`, in the time zone of whoever sits here.
    private static func time() -> String {
        var seconds = time_t(MonotonicClock.wallClock() / 1_000_000_000)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        func digits(_ value: Int32) -> String { (value < 10 ? "0" : "") + String(value) }
        return unsafe "\(parts.tm_year + 1_900)\(digits(parts.tm_mon + 1))\(digits(parts.tm_mday))-"
            + "\(digits(parts.tm_hour))\(digits(parts.tm_min))\(digits(parts.tm_sec))"
    }
}
