import ByteCore
import HTTPWire

/// The cookies of this port (RFC 6265), named and marked by how people reach it.
///
/// Under https their names begin with `__Host-`, which browsers take only with `Secure`, for the whole host
/// and without a domain (RFC 6265bis section 4.1.3.2): no neighbour under the same domain can put one there.
struct CookieNames {
    /// The session's.
    let session: [UInt8]
    /// Of a browser that somebody once signed in with.
    let device: [UInt8]
    /// What the sign-in form's code belongs to.
    let form: [UInt8]
    private let isSecure: Bool
    private let path: [UInt8]

    /// A cookie to be set.
    struct Crumb {
        var name: [UInt8]
        var value: [UInt8]
        /// Seconds that the browser keeps it; 0 has it dropped, nil keeps it until the browser ends.
        var maxAge: Int64?
    }

    /// Names them for a server reached by https or not, below `basePath` (empty or `/ps`).
    init(isSecure: Bool, basePath: [UInt8]) {
        let prefix = isSecure ? "__Host-pointerscope" : "pointerscope"
        session = Array(prefix.utf8)
        device = Array("\(prefix)-device".utf8)
        form = Array("\(prefix)-form".utf8)
        self.isSecure = isSecure
        path = isSecure || basePath.isEmpty ? [UInt8(ascii: "/")] : basePath
    }

    /// Appends the field that sets a cookie.
    func append(_ crumb: Crumb, to text: inout ByteBuffer) {
        text.append("Set-Cookie: ")
        unsafe crumb.name.withUnsafeBytes { unsafe text.append($0) }
        text.append("=")
        unsafe crumb.value.withUnsafeBytes { unsafe text.append($0) }
        text.append("; Path=")
        unsafe path.withUnsafeBytes { unsafe text.append($0) }
        if let maxAge = crumb.maxAge {
            text.append("; Max-Age=")
            text.appendDecimal(maxAge)
        }
        text.append("; HttpOnly; SameSite=Lax")
        if isSecure { text.append("; Secure") }
        text.append("\r\n")
    }
}
