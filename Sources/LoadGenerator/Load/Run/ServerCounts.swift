import ByteCore
import Glibc
import HTTPWire
import PosixIO

/// What a server of ours counts about itself: samples that a busy worker folded before they were numbered.
///
/// Any other server has no such page, and then nothing is accounted for by it.
enum ServerCounts {
    private static let line = "pointerscope_events_conflated_total{stage=\"relay\"} "
    private static let path: StaticString = "/metrics"

    /// Samples folded since the server's start, of everyone; nil where that is not told in time.
    static func folded(
        at target: LoadTarget, token: BearerToken?, withinNanoseconds patience: Int64
    ) -> Int64? {
        let deadline = MonotonicClock.now() + patience
        guard let text = metrics(of: target, token: token, deadline: deadline) else { return nil }
        let lines = text.split(separator: UInt8(ascii: "\n"))
        guard let found = lines.first(where: { $0.starts(with: line.utf8) }) else { return nil }
        let digits = found.dropFirst(line.utf8.count).prefix { $0 >= 48 && $0 <= 57 }
        return digits.isEmpty ? nil : Int64(String(decoding: digits, as: UTF8.self))
    }

    private static func metrics(of target: LoadTarget, token: BearerToken?, deadline: Int64) -> [UInt8]? {
        guard let socket = try? connecting(to: target.address) else { return nil }
        let stream = ByteStream(socket)
        guard wait(stream.raw, Int16(POLLOUT), deadline), connectionError(of: stream.raw) == 0 else {
            return nil
        }
        var request = ByteBuffer(capacity: 256)
        unsafe request.appendHTTPRequestLine(
            .get,
            target: UnsafeRawBufferPointer(start: path.utf8Start, count: path.utf8CodeUnitCount))
        var host = target.authority
        host.withUTF8 { unsafe request.appendHTTPField("Host", UnsafeRawBufferPointer($0)) }
        token?.append(to: &request)
        request.appendHTTPField("Connection", "close")
        request.appendHTTPHeadEnd()
        _ = unsafe stream.write(request.readable)
        var text: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        var events = Int16(POLLIN)
        while text.count < LoadLimits.metricsBytes, wait(stream.raw, events, deadline) {
            switch unsafe room.withUnsafeMutableBytes({ unsafe stream.read(into: $0) }) {
            case .bytes(let count): text += room[..<count]
            case .wouldBlock(let interest): events = Int16(interest.contains(.writable) ? POLLOUT : POLLIN)
            case .endOfFile: return text
            case .failed: return nil
            }
        }
        return nil
    }

    private static func wait(_ socket: Int32, _ events: Int16, _ deadline: Int64) -> Bool {
        let left = (deadline - MonotonicClock.now()) / 1_000_000
        guard left > 0 else { return false }
        var request = pollfd(fd: socket, events: events, revents: 0)
        return unsafe poll(&request, 1, Int32(left)) == 1
    }
}
