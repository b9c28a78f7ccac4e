import CLibSSL
import Glibc

/// What a server's certificate says, and why it is not believed.
public struct PeerCertificate: Equatable, Sendable {
    /// What is wrong with it (X509_STORE_CTX_get_error(3)).
    public enum Problem: Equatable, Sendable {
        case notYetValid, expired, wrongName, selfSigned, unknownIssuer
        /// In the library's words.
        case other(String)
    }

    /// Nil where it is believed.
    public var problem: Problem?
    /// Which of the chain this is: 0 is the server's own, 1 who signed it.
    public var depth = 0
    /// Certificates that the server sent.
    public var sent = 1
    /// Seconds since the epoch.
    public var notBefore: Int64 = 0
    public var notAfter: Int64 = 0
    /// Who it is for and who signed it, in one line.
    public var subject = ""
    public var issuer = ""
    /// The names and addresses that it holds for, with commas.
    public var names = ""

    /// Makes one that says nothing.
    public init() {}

    init(_ found: ps_tls_certificate) {
        if found.error != 0 {
            problem =
                switch ps_tls_error_of(found.error) {
                case PS_TLS_NOT_YET_VALID: .notYetValid
                case PS_TLS_EXPIRED: .expired
                case PS_TLS_WRONG_NAME: .wrongName
                case PS_TLS_SELF_SIGNED: .selfSigned
                case PS_TLS_UNKNOWN_ISSUER: .unknownIssuer
                default: .other(Self.text(found.reason))
                }
        }
        depth = Int(found.depth)
        sent = Int(found.sent)
        notBefore = found.not_before
        notAfter = found.not_after
        subject = Self.text(found.subject)
        issuer = Self.text(found.issuer)
        names = Self.text(found.names)
    }

    /// Why it is not believed, behind "a certificate that".
    var complaint: String {
        let whose = depth == 0 ? "" : " (its issuer's: \(subject))"
        return switch problem {
        case nil: "is fine"
        case .expired: "expired on \(utcText(notAfter))\(whose)"
        case .notYetValid: "is not valid before \(utcText(notBefore))\(whose); is the clock here right?"
        case .wrongName: names.isEmpty ? "names no host at all" : "is for another name: it holds for \(names)"
        case .selfSigned:
            "is signed by itself and by nobody who is believed here (\(subject)); --ca-file names it"
        case .unknownIssuer where sent == 1:
            "comes alone, and its issuer is not known here (\(issuer)): either the server does not send the "
                + "certificate between, or --ca-file must name the authority"
        case .unknownIssuer:
            "is signed by nobody who is believed here (\(issuer)); --ca-file names an authority"
        case .other(let why): "is refused: \(why)\(whose)"
        }
    }

    /// A text in C's way, in an array that Swift sees as a tuple.
    private static func text<Bytes>(_ bytes: Bytes) -> String {
        unsafe withUnsafeBytes(of: bytes) { room in
            unsafe String(decoding: room.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// A moment, in seconds since the epoch, as `2026-11-29 19:30 UTC`.
public func utcText(_ seconds: Int64) -> String {
    var moment = time_t(seconds)
    var parts = unsafe tm()
    unsafe gmtime_r(&moment, &parts)
    var text = [CChar](repeating: 0, count: 64)
    let count = unsafe strftime(&text, text.count, "%Y-%m-%d %H:%M UTC", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
