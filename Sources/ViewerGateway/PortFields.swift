import ByteCore
import Glibc
import HTTPWire

/// The fields that every answer of the port has, whatever it says.
struct PortFields {
    /// Whether the port is reached over TLS: browsers are told to come in no other way (RFC 6797).
    private let isSecure: Bool
    /// The second that `date` was made for.
    private var second: Int = .min
    private var date: [UInt8] = []

    /// What its cookies are called.
    let cookies: CookieNames

    init(isSecure: Bool, basePath: [UInt8]) {
        self.isSecure = isSecure
        cookies = CookieNames(isSecure: isSecure, basePath: basePath)
    }

    /// Appends them; `policy` is what the answer may load where a browser shows it.
    mutating func append(to text: inout ByteBuffer, _ policy: ContentPolicy = .nothing) {
        let now = time(nil)
        if now != second {
            second = now
            var made = ByteBuffer(capacity: 32)
            HTTPDate.append(Int64(now), to: &made)
            date = unsafe Array(made.readable)
        }
        unsafe date.withUnsafeBytes { unsafe text.appendHTTPField("Date", $0) }
        text.appendHTTPField("X-Content-Type-Options", "nosniff")
        unsafe policy.bytes.withUnsafeBytes { unsafe text.appendHTTPField("Content-Security-Policy", $0) }
        text.appendHTTPField("Referrer-Policy", policy.referrer)
        text.appendHTTPField("X-Frame-Options", "DENY")
        text.appendHTTPField("Cross-Origin-Opener-Policy", "same-origin")
        if isSecure { text.appendHTTPField("Strict-Transport-Security", "max-age=31536000") }
    }
}
