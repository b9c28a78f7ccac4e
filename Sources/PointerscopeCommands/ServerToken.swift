import HTTPWire
import PosixIO

extension OptionSpecification {
    /// Where the token is that a server is shown. There is no option for the token itself: whoever lists
    /// processes would read it.
    static let tokenFile = OptionSpecification(
        name: "token-file", argument: .required("FILE"), defaultValue: "",
        help: "show the server the token in FILE, which nobody else can read",
        isCredential: true,
        complaint: { $0.isEmpty ? "must name a file" : nil })
}

/// Finds the token that `top` and `load` show a server.
enum ServerToken {
    /// It is no option, so that it stands in no list of processes.
    static let variable = "POINTERSCOPE_TOKEN"
    private static let fileBytes = 8 * 1024

    /// The token of `--token-file`, else of the environment, else of the file that the environment or the
    /// configuration names; nil where nobody said any.
    static func find(
        _ values: OptionValues, environment: [String: String] = ProcessEnvironment.variables()
    ) throws(UsageError) -> BearerToken? {
        let isFlag = values.origin(of: "token-file") == "--token-file"
        if let path = values["token-file"], isFlag || environment[variable] == nil {
            return try read(
                path, origin: values.origin(of: "token-file"), isKept: Credential.isKept(path, environment))
        }
        guard let text = environment[variable] else { return nil }
        guard let token = BearerToken(parsing: Array(text.utf8)) else {
            throw UsageError(message: "\(variable) holds no token", exitStatus: .usage)
        }
        return token
    }

    private static func read(
        _ path: String, origin: String, isKept: Bool
    ) throws(UsageError) -> BearerToken {
        do throws(UnreadableSecret) {
            let bytes = try readSecretFile(path, limit: fileBytes, isKeptByOthers: isKept)
            if let token = BearerToken(parsing: bytes) { return token }
        } catch {
            throw UsageError(message: "\(origin) \(path) \(error.reason)", exitStatus: .noInput)
        }
        throw UsageError(
            message: "\(origin) \(path) holds no token: letters, digits and -._~+/ are what one is made of",
            exitStatus: .noInput)
    }
}
