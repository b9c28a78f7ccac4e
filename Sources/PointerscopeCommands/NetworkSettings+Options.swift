import MasterProcess
import PosixIO
import ProxyWire
import SupervisorCore

extension NetworkSettings {
    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) throws(UsageError) {
        self.init()
        socketGroup = values["socket-group"].flatMap { SocketGroup.id(of: $0) }
        do throws(TrustedProxies.ParseError) {
            trust.proxies = try TrustedProxies(parsing: values.all("trusted-proxy"))
        } catch {
            throw UsageError(message: "--trusted-proxy: \(error.complaint)", exitStatus: .usage)
        }
        if let name = values["forwarded"] {
            guard !trust.proxies.isEmpty else {
                throw UsageError(
                    message: "\(values.origin(of: "forwarded")) \(name): nobody is trusted to say so; "
                        + "name the proxy with --trusted-proxy, for example 127.0.0.1",
                    exitStatus: values.isFromFile("forwarded") ? .configuration : .usage)
            }
            trust.field = (try? ForwardedField(parsing: name)) ?? .standard
        }
        door = DoorSettings(values)
        let which = values["proxy-protocol"]
        expectsProxyHeaders = (
            ingest: which == "ingest" || which == "both", http: which == "http" || which == "both"
        )
    }
}
