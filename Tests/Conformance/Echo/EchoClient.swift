import ByteCore
import Glibc
import HTTPWire
import PosixIO
import WebSocketWire

/// Takes every case of a fuzzing server: asks how many there are, echoes through each of them, and has the
/// reports written.
struct EchoClient {
    let address: SocketAddress
    let agent: String

    /// Longer than any case of the suite lasts.
    private static let caseNanoseconds: Int64 = 150_000_000_000

    /// Returns how many cases were run.
    func run() throws(SystemError) -> Int {
        let answer = try visit("/getCaseCount")
        guard let count = Int(String(decoding: answer, as: UTF8.self)) else { return 0 }
        for number in 0..<count {
            _ = try visit("/runCase?case=\(number + 1)&agent=\(agent)")
        }
        _ = try visit("/updateReports?agent=\(agent)")
        return count
    }

    /// Opens `target`, echoes until the end, and returns the last message that came.
    private func visit(_ target: String) throws(SystemError) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let handshake = ClientHandshake(
            nonce: (random.next(), random.next()), offering: .none, offersDeflate: true)
        var parser = HTTPResponseParser()
        var response = HTTPParsedResponse()
        let connection = EchoConnection(try connecting(to: address), role: .client) { bytes, _ in
            switch parser.parse(bytes, into: &response) {
            case .complete(let consumed):
                guard case .opened = handshake.check(response, bytes) else { return .refused }
                let isAgreed = handshake.agreesOnDeflate(response, bytes)
                return .opened(consumed, isDeflateAgreedOn: isAgreed)
            case .incomplete: return .incomplete
            case .interim, .refused: return .refused
            }
        }
        let (path, host) = (Array(target.utf8), Array(address.authority.utf8))
        connection.send { output in
            path.withUnsafeBytes { path in
                host.withUnsafeBytes { handshake.appendRequest(to: &output, target: path, host: $0) }
            }
        }
        let poller = try Poller()
        let end = MonotonicClock.now() + Self.caseNanoseconds
        while true {
            try connection.watch(with: poller, token: Token(kind: 0))
            let left = min(connection.deadline ?? end, end) - MonotonicClock.now()
            guard left > 0 else { break }
            if try poller.wait(timeoutNanoseconds: left) > 0, !connection.ready() { break }
        }
        return connection.lastMessage
    }
}
