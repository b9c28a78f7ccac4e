import CLibSSL
import PosixIO

/// Whom a client believes: the system's authorities, or those of a file in their place.
///
/// There is no way to believe everybody.
@safe public final class TLSTrust {
    let context: OpaquePointer

    /// Loads libssl, and believes the system or the certificates of the PEM file `authorities`.
    public init(authorities path: String? = nil) throws(TLSFailure) {
        if let why = unsafe ps_tls_load() { throw .noLibrary(unsafe String(cString: why)) }
        guard let made = unsafe ps_tls_trust_new(path == nil) else { throw .refused("out of memory") }
        unsafe context = made
        guard let path else { return }
        let pem = try Self.read(path)
        let count = unsafe pem.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe ps_tls_trust_add(made, $0, bytes.count) } ?? 0
        }
        guard count > 0 else {
            throw .badAuthorities("\(path) holds \(count < 0 ? "a damaged" : "no") certificate in PEM's form")
        }
    }

    deinit { unsafe ps_tls_trust_free(context) }

    private static func read(_ path: String) throws(TLSFailure) -> [UInt8] {
        do throws(UnreadableFile) {
            return try readFileInTime(
                path, limit: TLSLimits.authorityBytes, milliseconds: TLSLimits.authorityMilliseconds)
        } catch {
            throw .badAuthorities("\(path) \(error.reason)")
        }
    }
}
