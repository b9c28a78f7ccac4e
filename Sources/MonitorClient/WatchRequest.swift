import ByteCore
import Glibc
import HTTPWire

/// What `top` asks a server for.
public enum WatchRequest {
    /// The rates a server has, pictures a second (`hz` of the frames shape).
    private static let rates = [1, 5, 10, 15, 30]
    private static let nameBytes = 64

    /// The rate to ask for to draw `pictures` a second: the next one above.
    public static func rate(for pictures: Int) -> Int { rates.first { $0 >= pictures } ?? 30 }

    /// The request; `lastEventID` is the server's last word, empty where it had none.
    static func bytes(
        for server: ServerURL, name: String, rate: Int, lastEventID: [UInt8], credential: Credential = .none
    ) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 512)
        var target = "\(server.basePath)/receive/\(name)?shape=frames&hz=\(rate)"
        target.withUTF8 { unsafe buffer.appendHTTPRequestLine(.get, target: UnsafeRawBufferPointer($0)) }
        var host = server.authority
        host.withUTF8 { unsafe buffer.appendHTTPField("Host", UnsafeRawBufferPointer($0)) }
        buffer.appendHTTPField("Accept", "text/event-stream")
        buffer.appendHTTPField("Cache-Control", "no-cache")
        credential.append(to: &buffer)
        if (1...TopLimits.eventIDBytes).contains(lastEventID.count) {
            unsafe lastEventID.withUnsafeBytes { unsafe buffer.appendHTTPField("Last-Event-ID", $0) }
        }
        buffer.appendHTTPHeadEnd()
        return unsafe Array(buffer.readable)
    }

    /// Who watches, as others who watch see it: `user-host` of unreserved characters (RFC 3986, section 2.3).
    static func viewerName(user: String?, host: String) -> String {
        let parts = [user ?? "", host].map { part in
            String(
                part.unicodeScalars.map { scalar in
                    let isKept = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.isDigit)
                    return isKept || "-._".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
                })
        }
        let name = parts.filter { !$0.isEmpty }.joined(separator: "-").prefix(nameBytes)
        return name.isEmpty ? "top" : String(name)
    }

    /// The name of this machine (gethostname(2)).
    static func hostName() -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let base = text.baseAddress, unsafe gethostname(base, text.count - 1) == 0 else {
                return ""
            }
            unsafe base[text.count - 1] = 0
            return unsafe String(cString: base)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { value >= 0x30 && value <= 0x39 }
}
