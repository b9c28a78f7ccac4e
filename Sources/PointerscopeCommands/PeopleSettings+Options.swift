import AccessControl
import HTTPWire
import MasterProcess
import PosixIO
import ProxyWire
import ViewerGateway

extension PeopleSettings {
    /// Reads the options about who is let in; nil for `--auth none`.
    ///
    /// Whoever is reached from elsewhere asks people to sign in; who says `none` all the same, and who could
    /// be overheard, is refused.
    init?(
        _ values: OptionValues, ingest: SocketAddress, http: SocketAddress, publicURL: PublicURL?,
        network: NetworkSettings, showsSamplePage: Bool, environment: [String: String]
    ) throws(UsageError) {
        let outside = Self.wayIn(values, ingest: ingest, http: http, publicURL: publicURL)
        guard values["auth"] == "password" || values["auth"] == nil && outside != nil else {
            if let outside {
                throw UsageError(
                    message:
                        "\(outside.option) \(outside.value): with --auth none only loopback addresses "
                        + "are served; "
                        + "use --auth password, or \(outside.mend)",
                    exitStatus: outside.isFromFile ? .configuration : .usage)
            }
            try Self.refuseWithout(values)
            return nil
        }
        try Self.checkPublicURL(values, publicURL, outside)
        let header = values["auth-header"]
        if header != nil, let all = network.trust.proxies.words.first(where: { $0.hasSuffix("/0") }) {
            throw UsageError(
                message:
                    "\(values.origin(of: "auth-header")) with --trusted-proxy \(all): anyone could be anyone; name the "
                    + "proxy's own address",
                exitStatus: values.isFromFile("auth-header") ? .configuration : .usage)
        }
        if header != nil, network.trust.proxies.isEmpty {
            throw UsageError(
                message:
                    "\(values.origin(of: "auth-header")) believes a proxy, and none is trusted: name it with "
                    + "--trusted-proxy, for example --trusted-proxy 127.0.0.1",
                exitStatus: values.isFromFile("auth-header") ? .configuration : .usage)
        }
        self.init(
            statePath: try StatePath.resolve(values, environment: environment),
            sessionsPerAdmin: values["sessions-per-admin"].flatMap { Int($0) } ?? 1,
            gate: AccessSettings(
                identityHeader: header.map { Array($0.lowercased().utf8) }, showsSamplePage: showsSamplePage),
            jwt: try Self.jwt(values))
    }

    /// What makes the server one that is reached from elsewhere.
    private struct WayIn {
        let option: String
        let value: String
        let mend: String
        let isFromFile: Bool
    }

    private static func wayIn(
        _ values: OptionValues, ingest: SocketAddress, http: SocketAddress, publicURL: PublicURL?
    ) -> WayIn? {
        for (name, address) in [("ingest", ingest), ("http", http)] where !address.isLoopback {
            return WayIn(
                option: values.origin(of: name), value: address.text,
                mend: "an address of it, for example 127.0.0.1:\(address.port)",
                isFromFile: values.isFromFile(name))
        }
        guard let publicURL, !publicURL.isLoopback else { return nil }
        return WayIn(
            option: values.origin(of: "public-url"), value: values["public-url"] ?? "",
            mend: "a name of it, for example http://localhost\(publicURL.basePath)/",
            isFromFile: values.isFromFile("public-url"))
    }

    private static func checkPublicURL(
        _ values: OptionValues, _ publicURL: PublicURL?, _ outside: WayIn?
    ) throws(UsageError) {
        if let outside, publicURL == nil {
            throw UsageError(
                message:
                    "\(outside.option) \(outside.value) is reached from elsewhere: say under which name with "
                    + "--public-url, for example --public-url https://watch.example.org, and people sign in; "
                    + "with --auth none only loopback addresses are served",
                exitStatus: outside.isFromFile ? .configuration : .usage)
        }
        guard let publicURL, !publicURL.isSecure, !publicURL.isLoopback else { return }
        throw UsageError(
            message:
                "\(values.origin(of: "public-url")) \(values["public-url"] ?? ""): passwords would cross the "
                + "network in the clear; put a proxy with TLS in front and name it: https://\(publicURL.authority)",
            exitStatus: values.isFromFile("public-url") ? .configuration : .usage)
    }

    /// What means nothing where nobody signs in is not silently ignored.
    private static func refuseWithout(_ values: OptionValues) throws(UsageError) {
        for name in ["auth-header", "jwt-key", "jwt-audience", "jwt-issuer"] where values[name] != nil {
            throw UsageError(
                message:
                    "\(values.origin(of: name)) needs --auth password: with --auth none nobody is asked who "
                    + "they are",
                exitStatus: values.isFromFile(name) ? .configuration : .usage)
        }
    }

    private static func jwt(_ values: OptionValues) throws(UsageError) -> JWTSettings? {
        guard let path = values["jwt-key"] else {
            guard let name = ["jwt-audience", "jwt-issuer"].first(where: { values[$0] != nil }) else {
                return nil
            }
            throw UsageError(
                message: "\(values.origin(of: name)) needs --jwt-key FILE",
                exitStatus: values.isFromFile(name) ? .configuration : .usage)
        }
        guard let audience = values["jwt-audience"] else {
            throw UsageError(
                message:
                    "\(values.origin(of: "jwt-key")) needs --jwt-audience: what tokens for this server have in "
                    + "their claim aud",
                exitStatus: values.isFromFile("jwt-key") ? .configuration : .usage)
        }
        let rules = JWTRules(
            audience: audience, issuer: values["jwt-issuer"], nameClaim: values["jwt-name-claim"] ?? "sub",
            roleClaim: values["jwt-role-claim"] ?? "role", scopeClaim: values["jwt-scope-claim"] ?? "scope")
        return JWTSettings(keyPath: path, keyOrigin: values.origin(of: "jwt-key"), rules: rules)
    }
}
