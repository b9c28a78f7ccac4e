import AccessControl
import PosixIO
import Secrets

/// By which key JWTs are believed: as it lies in its file, which may have another one tomorrow.
struct JWTBelief {
    let verifier: JWTVerifier
    private let digest: SHA256Digest
    private let rules: JWTRules

    /// Reads the key; nil where no JWT is believed. `isServing` where nobody may be kept waiting for a file.
    static func reading(_ settings: JWTSettings?, isServing: Bool = false) throws(StartError) -> JWTBelief? {
        guard let settings else { return nil }
        func fault(_ why: String) -> StartError {
            StartError(
                message: "\(settings.keyOrigin) \(settings.keyPath): \(why)", exitStatus: .configuration)
        }
        let text: String
        do throws(UnreadableFile) {
            text = try readWholeFile(
                settings.keyPath, limit: MasterLimits.keyFileBytes, isRegular: isServing)
        } catch {
            throw fault(error.reason)
        }
        let bytes = Array(text.utf8)
        do throws(JWTKeyFault) {
            return JWTBelief(
                verifier: JWTVerifier(key: try JWTKey(file: bytes), rules: settings.rules),
                digest: SHA256Digest(of: bytes), rules: settings.rules)
        } catch {
            throw fault("\(error.reason)")
        }
    }

    /// Whether the same JWTs are believed.
    func isSame(as other: JWTBelief?) -> Bool { digest == other?.digest && rules == other?.rules }
}
