import Foundation
import PosixIO

/// A socket the test holds, non-blocking.
final class Client {
    private var stream: Stream?
    private(set) var received: [UInt8] = []
    private(set) var hasEnded = false

    private final class Stream {
        let bytes: ByteStream
        init(_ descriptor: consuming Descriptor) { bytes = ByteStream(descriptor) }
    }

    init(_ address: SocketAddress, receiveBufferBytes: Int32? = nil) throws {
        let descriptor = try connecting(to: address)
        if let receiveBufferBytes {
            try setSocketOption(descriptor.raw, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes)
        }
        stream = Stream(descriptor)
    }

    init(_ descriptor: consuming Descriptor) { stream = Stream(descriptor) }

    func send(_ bytes: [UInt8]) { bytes.withUnsafeBytes { _ = stream?.bytes.write($0) } }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Reads what is there, at most `limit` bytes.
    func receive(limit: Int = .max) {
        var room = [UInt8](repeating: 0, count: 65536)
        var left = limit
        while left > 0, let stream, !hasEnded {
            let result = room.withUnsafeMutableBytes {
                stream.bytes.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<min(left, $0.count)]))
            }
            switch result {
            case .bytes(let count):
                received += room[..<count]
                left -= count
            case .wouldBlock: return
            case .endOfFile, .failed: hasEnded = true
            }
        }
    }

    func endWriting() { stream?.bytes.endWriting() }

    func close() { stream = nil }

    func clear() { received.removeAll() }

    var text: String { String(decoding: received, as: UTF8.self) }
}

/// An answer, taken apart.
struct Response {
    var status = 0
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The fields that say the same a second later.
    var lastingFields: [String: String] { fields.filter { $0.key != "date" } }

    /// The whole answers at the start of `bytes`; without Content-Length the rest is the body, at the end.
    static func parse(_ bytes: [UInt8], isHead: Bool, ended: Bool) -> [Response] {
        var found: [Response] = []
        var rest = bytes[...]
        let separator = Array("\r\n\r\n".utf8)
        while let end = rest.firstRange(of: separator) {
            var response = Response()
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(
                separatedBy: "\r\n")
            let words = lines[0].split(separator: " ", maxSplits: 2)
            guard words.count >= 2, words[0] == "HTTP/1.1" else { return found }
            response.status = Int(words[1]) ?? 0
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
                response.fields[parts[0].lowercased()] = value
            }
            rest = rest[end.upperBound...]
            let isBodiless = isHead || response.status == 204 || response.status == 304
            if let length = response.fields["content-length"].flatMap({ Int($0) }), !isBodiless {
                guard rest.count >= length else { return found }
                response.body = Array(rest.prefix(length))
                rest = rest.dropFirst(length)
            } else if !isBodiless {
                guard ended else { return found }
                response.body = Array(rest)
                rest = []
            }
            found.append(response)
        }
        return found
    }
}
