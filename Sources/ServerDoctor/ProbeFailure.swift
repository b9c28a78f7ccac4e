import Glibc
import TLSClient

/// Why a question has no answer.
enum ProbeFailure: Error, Equatable {
    case unreachable(Int32)
    case connectTimeout
    case insecure(TLSFailure)
    case handshakeTimeout
    case noAnswer
    case hungUp
    case broken(Int32)
    case notHTTP(String)

    /// In words behind "it".
    var text: String {
        switch self {
        case .unreachable(let code): unsafe "cannot be reached: \(String(cString: strerror(code)))"
        case .connectTimeout: "takes no connection within \(Limits.connectMilliseconds / 1000) s"
        case .insecure(let failure): failure.text
        case .handshakeTimeout:
            "does not finish a TLS handshake within \(Limits.connectMilliseconds / 1000) s"
        case .noAnswer: "gives no answer within \(Limits.answerMilliseconds / 1000) s"
        case .hungUp: "hangs up without an answer"
        case .broken(let code): unsafe "breaks the connection off: \(String(cString: strerror(code)))"
        case .notHTTP(let why): "does not answer as HTTP does: \(why)"
        }
    }

    /// What kind of fault it is of a handshake.
    var certificateFault: Judge.CertificateFault {
        guard case .insecure(let failure) = self else { return .other }
        guard case .certificate(let certificate) = failure else {
            return failure == .notTLS ? .notTLS : .other
        }
        return switch certificate.problem {
        case .expired: .expired
        case .notYetValid: .notYetValid
        case .wrongName: .wrongName
        case .selfSigned, .unknownIssuer: .untrusted
        case .other, nil: .other
        }
    }
}
