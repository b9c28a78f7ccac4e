import Glibc

/// Why there is no TLS with a server.
public enum TLSFailure: Error, Equatable {
    /// libssl is not to be had; what the loader says.
    case noLibrary(String)
    /// What was given as authorities cannot be used; why, behind the file's name.
    case badAuthorities(String)
    /// The server's certificate is refused; its `problem` says why.
    case certificate(PeerCertificate)
    /// What answers speaks no TLS.
    case notTLS
    /// Nothing as new as TLS 1.2 is spoken.
    case tooOld
    /// The server has no certificate for this name (RFC 6066, section 3).
    case unknownName
    /// In the library's words.
    case refused(String)
    /// The server hung up within the handshake.
    case hungUp
    /// The connection broke; the errno(3).
    case broken(Int32)

    /// For a person, behind the server's name: `https://a.example shows a certificate that has expired ...`.
    public var text: String {
        switch self {
        case .noLibrary(let why):
            "needs TLS, and libssl.so.3 is not to be had (\(why)); in Debian: apt-get install libssl3"
        case .badAuthorities(let why): why
        case .certificate(let certificate): "shows a certificate that \(certificate.complaint)"
        case .notTLS: "speaks no TLS there: is that the port of https?"
        case .tooOld: "speaks nothing as new as TLS 1.2"
        case .unknownName: "has no certificate for that name"
        case .refused(let why): "cannot agree on TLS: \(why.isEmpty ? "no reason given" : why)"
        case .hungUp: "hung up within the TLS handshake"
        case .broken(let code): unsafe "broke the TLS handshake off: \(String(cString: strerror(code)))"
        }
    }

    /// Reads the library's reason.
    init(reason: String) {
        self =
            switch reason {
            case "wrong version number", "http request", "packet length too long": .notTLS
            case "unsupported protocol", "tlsv1 alert protocol version": .tooOld
            case "tlsv1 unrecognized name", "tlsv1 alert unrecognized name": .unknownName
            default: .refused(reason)
            }
    }
}
