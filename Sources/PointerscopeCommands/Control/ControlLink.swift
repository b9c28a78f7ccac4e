import ByteCore
import ControlWire
import Glibc
import PosixIO

/// A connection to the control socket of a running server, which is waited for.
struct ControlLink: ~Copyable {
    private let stream: ByteStream
    private var inbound = ByteBuffer(capacity: 4096)
    let address: SocketAddress
    private var isGreeted = false
    /// Whether waiting for a line ended because nobody reads standard output any more.
    private(set) var isReaderGone = false

    /// How long a server may take to say something that is due.
    static let patienceMilliseconds: Int32 = 5_000
    /// And for what takes time: new workers have 10 s to be ready.
    static let answerMilliseconds: Int32 = 20_000
    /// Times to ask a server that has too many clients just now, and between two of them.
    private static let tries = 10
    private static let pauseMicroseconds: UInt32 = 300_000

    private init(_ connection: consuming Descriptor, _ address: SocketAddress) {
        stream = ByteStream(connection)
        self.address = address
    }

    /// Connects to the first of `candidates` at which a server listens, and hears its greeting.
    static func opening(
        _ candidates: [SocketAddress], areNamed: Bool
    ) throws(CommandFailure) -> ControlLink {
        var failure: CommandFailure?
        for address in candidates {
            do throws(CommandFailure) {
                return try opening(address)
            } catch {
                // Where one was named, or is there and lets nobody in, that is the thing to say.
                if error.exitStatus != .unavailable || areNamed { throw error }
                failure = failure ?? error
            }
        }
        guard failure != nil else {
            throw CommandFailure(
                "it is not said where a server listens: give it a --control PATH, and the same here",
                .unavailable)
        }
        let places = candidates.compactMap(\.path).joined(separator: " and ")
        throw CommandFailure(
            "no server listens at \(places); --control PATH names another place", .unavailable)
    }

    private static func opening(_ address: SocketAddress) throws(CommandFailure) -> ControlLink {
        var triesLeft = tries
        while true {
            triesLeft -= 1
            do throws(CommandFailure) {
                var link = ControlLink(try connection(to: address), address)
                try link.hearGreeting()
                return link
            } catch {
                guard error.exitStatus == .temporaryFailure, triesLeft > 0 else { throw error }
                usleep(pauseMicroseconds)
            }
        }
    }

    private static func connection(to address: SocketAddress) throws(CommandFailure) -> Descriptor {
        let path = address.path ?? ""
        do throws(SystemError) {
            return try connecting(to: address)
        } catch {
            switch error.code {
            case ENOENT: throw CommandFailure("no server listens at \(path)", .unavailable)
            case ECONNREFUSED:
                throw CommandFailure(
                    "no server listens at \(path) any more; the one that did was killed", .unavailable)
            case EACCES, EPERM:
                throw CommandFailure(
                    "\(path) is another user's; run this as that user, or as root", .noPermission)
            case EAGAIN: throw CommandFailure("\(path): the server is busy", .temporaryFailure)
            default: throw CommandFailure("\(path): \(error.text)", .unavailable)
            }
        }
    }

    private mutating func hearGreeting() throws(CommandFailure) {
        switch try next(withinMilliseconds: Self.patienceMilliseconds) {
        case .greeting(ControlAnswer.protocolVersion, _, _): isGreeted = true
        case .greeting(let version, let product, _):
            throw CommandFailure(
                "the server is version \(product) and speaks version \(version) of the control protocol, this "
                    + "program version \(ControlAnswer.protocolVersion): use the server's own program",
                .unavailable)
        case .error(let refusal): throw CommandFailure(refusal)
        case .item, .done, nil: throw noServer()
        }
    }

    private func noServer() -> CommandFailure {
        CommandFailure("who listens at \(address.path ?? "") is no Pointerscope server", .unavailable)
    }

    /// Whether a server answers there now: whoever is let go by one that goes on was too slow.
    func isServerThere() -> Bool {
        do throws(CommandFailure) {
            _ = try Self.opening(address)
            return true
        } catch {
            return error.exitStatus == .temporaryFailure
        }
    }

    /// Asks for something; what came of it says `next`.
    func send(_ request: ControlRequest) {
        var line = ByteBuffer(capacity: ControlLimits.requestBytes)
        line.appendControl(request)
        // A line that short fits into an empty buffer; where nobody reads it, the answer will not come.
        _ = unsafe stream.write(line.readable)
    }

    /// The next line; nil at the end. A negative patience waits for ever, or until nobody reads standard
    /// output.
    mutating func next(withinMilliseconds patience: Int32) throws(CommandFailure) -> ControlAnswer? {
        while true {
            if let end = unsafe inbound.readable.firstIndex(of: UInt8(ascii: "\n")) {
                let answer = unsafe ControlAnswer(
                    UnsafeRawBufferPointer(rebasing: inbound.readable[..<end]))
                inbound.consume(end + 1)
                guard let answer else { throw noServer() }
                return answer
            }
            guard inbound.count < ControlLimits.answerBytes else { throw noServer() }
            guard try read(withinMilliseconds: patience) else { return nil }
        }
    }

    /// Reads once; false at the end.
    private mutating func read(withinMilliseconds patience: Int32) throws(CommandFailure) -> Bool {
        var requests = [pollfd(fd: stream.raw, events: Int16(POLLIN), revents: 0)]
        // Of a pipe without a reader an error is reported unasked (poll(2)).
        if patience < 0 { requests.append(pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)) }
        let ready = unsafe poll(&requests, nfds_t(requests.count), patience)
        if ready < 0, errno == EINTR { return true }
        if requests.count > 1, requests[1].revents & Int16(POLLERR) != 0 {
            isReaderGone = true
            return false
        }
        guard ready > 0 else {
            throw CommandFailure(
                "the server at \(address.path ?? "") does not answer",
                // One that does not even greet hangs, or is none: to ask again helps nobody.
                isGreeted ? .temporaryFailure : .unavailable)
        }
        var result = IOResult.wouldBlock(until: .readable)
        _ = unsafe inbound.appendInPlace(minimum: 16 * 1024) { room in
            result = unsafe stream.read(into: room)
            if case .bytes(let count) = result { return count }
            return 0
        }
        switch result {
        case .bytes, .wouldBlock: return true
        case .endOfFile, .failed: return false
        }
    }
}

extension CommandFailure {
    /// What a server says that did not do what it was asked for.
    init(_ refusal: ControlRefusal) {
        self.init(oneLine(refusal.reason), ExitCode(rawValue: refusal.status) ?? .software)
    }
}
