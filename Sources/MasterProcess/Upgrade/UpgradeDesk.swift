import ByteCore
import Glibc
import PosixIO

/// An upgrade that was asked for: the new program, the process that checks it, and who waits.
final class UpgradeDesk {
    enum Phase {
        /// The new program runs beside this one, and says what it can take over.
        case checking
        /// It can; what is under way is finished first.
        case settling
    }

    let image: Descriptor
    let child: ChildProcess
    private let output: ByteStream
    /// Who asked, in the words of the log.
    let why: String
    /// Under which number a client waits.
    let number: UInt64
    var phase = Phase.checking
    var deadline: Int64
    /// What the new program said, the beginning of it.
    private var said = ByteBuffer(capacity: 1024)

    private static let saidBytes = 4096

    /// Starts the check: the program with the arguments that this one was started with, behind `role`.
    init(
        _ image: consuming Descriptor, role: String, commandLine: [String], why: String, number: UInt64,
        now: Int64
    ) throws(SystemError) {
        let pipe = try Pipe()
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        child = try ChildProcess(
            executable: image, arguments: [commandLine[0], role] + commandLine.dropFirst(),
            inherited: [
                .init(null.raw, as: 0), .init(pipe.writing.raw, as: 1), .init(pipe.writing.raw, as: 2),
            ])
        output = ByteStream(pipe.reading)
        self.image = image
        self.why = why
        self.number = number
        deadline = now + MasterLimits.upgradeCheckNanoseconds
    }

    /// For the poller: what it says comes with its end, a pipe holds more than is kept of it.
    var raw: Int32 { child.raw }

    /// Takes what was said, once the process has ended; returns how that was, nil while it has not.
    func ended() -> ExitStatus? {
        guard let status = child.reap() else { return nil }
        var hasMore = true
        while hasMore, said.count < Self.saidBytes {
            _ = unsafe said.appendInPlace(minimum: Self.saidBytes) { room in
                guard case .bytes(let count) = unsafe output.read(into: room) else {
                    hasMore = false
                    return 0
                }
                return count
            }
        }
        return status
    }

    /// The lines that were said.
    var lines: [String] {
        unsafe String(decoding: said.readable, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    /// Why the program cannot take over; nil where it can.
    func refusal(_ status: ExitStatus) -> String? {
        let last = lines.last.map { ": \(oneLine(String($0.prefix(200))))" } ?? ""
        guard let format = lines.first(where: { $0.hasPrefix(UpgradeState.formatPrefix) }) else {
            return "it is no Pointerscope that can take over (\(status.text)\(last))"
        }
        guard format == UpgradeState.formatPrefix + UpgradeState.format else {
            let other = format.dropFirst(UpgradeState.formatPrefix.utf8.count)
            return "it takes over \(other), and this server has \(UpgradeState.format): a new start is needed"
        }
        guard status == .exited(ExitCode.success.rawValue) else { return "it refuses the options\(last)" }
        return nil
    }
}
