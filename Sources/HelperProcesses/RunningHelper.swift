import ByteCore
import Glibc
import PasswordHashing
import PosixIO
import Telemetry

/// A helper that was started, its socket and its standard error.
final class RunningHelper {
    /// What reading came to.
    enum Reading {
        case goesOn
        /// It has closed its end.
        case isClosed
        /// It answers what was not asked.
        case isNonsense
    }

    let child: ChildProcess
    let stream: ByteStream
    let errors: ByteStream
    /// When it was started.
    let since: Int64
    var spoken = SpokenLines()
    /// Records that are not sent, the first one perhaps in part.
    var outgoing: [[UInt8]] = []
    var interest: Interest = .readable
    private var sent = 0
    private var received = ByteBuffer(capacity: 512)

    /// Starts the executable with the socket, a standard error, what `extra` names, and nothing else open.
    init(
        executable: borrowing Descriptor, title: String, arguments: [String],
        extra: ChildProcess.Inherited?, since: Int64
    ) throws(SystemError) {
        let pair = try SocketPair()
        let errorPipe = try Pipe()
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        let standard: [ChildProcess.Inherited] = [
            .init(null.raw, as: 0), .init(null.raw, as: 1), .init(errorPipe.writing.raw, as: 2),
            .init(pair.second.raw, as: InheritedDescriptor.helper),
        ]
        child = try ChildProcess(
            executable: executable, arguments: [ProgramName.title(of: title)] + arguments,
            environment: ProcessEnvironment.forChildren(), inherited: standard + (extra.map { [$0] } ?? []))
        stream = ByteStream(pair.first)
        errors = ByteStream(errorPipe.reading)
        self.since = since
    }

    deinit {
        for index in outgoing.indices { eraseSecret(&outgoing[index]) }
    }

    /// Sends what the socket takes.
    func flush() -> IOResult {
        while !outgoing.isEmpty {
            let result = unsafe outgoing[0].withUnsafeBytes { record in
                unsafe stream.write(UnsafeRawBufferPointer(rebasing: record[sent...]))
            }
            guard case .bytes(let count) = result else { return result }
            sent += count
            guard sent == outgoing[0].count else { continue }
            eraseSecret(&outgoing[0])
            outgoing.removeFirst()
            sent = 0
        }
        return .bytes(0)
    }

    /// Reads what came and hands on whole answers; `answer` says whether it was one that is waited for.
    func read(answerBytes: Int, _ answer: ([UInt8]) -> Bool) -> Reading {
        var result = IOResult.endOfFile
        // One answer at a time is on its way.
        _ = unsafe received.appendInPlace(minimum: 2 * answerBytes) { room in
            result = unsafe stream.read(into: room)
            return if case .bytes(let count) = result { count } else { 0 }
        }
        while received.count >= answerBytes {
            guard unsafe answer(Array(received.readable[..<answerBytes])) else {
                return .isNonsense
            }
            received.consume(answerBytes)
        }
        switch result {
        case .bytes, .wouldBlock: return .goesOn
        case .endOfFile, .failed: return .isClosed
        }
    }
}
