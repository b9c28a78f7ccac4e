import PosixIO

extension PortHolder {
    /// Who has the address that `option` asked for, and what to do where that is another server of ours; to
    /// be put behind the error, and empty where nothing is known.
    static func words(on address: SocketAddress, option: String) -> String {
        guard let holder = PortHolder(of: address) else { return "" }
        guard let process = holder.process else { return "; a program of user \(holder.user) has it" }
        guard isPointerscope(process) else { return "; \(process.name) (process \(process.pid)) has it" }
        let shown = httpAddress(of: process, conflict: address, option: option).map {
            let url = $0.path == nil ? "http://\($0.text)" : $0.text
            return "\"\(ProgramName.shell) top \(shellQuoted(url))\" shows it, "
        }
        return "; a Pointerscope server has it, process \(process.pid): \(shown ?? "")"
            + "\"kill \(process.pid)\" stops it"
    }

    /// Whether it is a master, as it was started by hand or by its front.
    static func isPointerscope(_ process: Process) -> Bool {
        process.name == ProgramName.standard && ["serve", "@master"].contains(process.arguments.first)
    }

    /// Where it can be watched: told by its arguments, else by which of its two addresses is in the way.
    static func httpAddress(of process: Process, conflict: SocketAddress, option: String) -> SocketAddress? {
        let all = [conflict] + process.otherAddresses
        let http = value(of: "--http", in: process.arguments) ?? "127.0.0.1:2112"
        if let told = all.first(where: { $0.text == http }) { return told }
        let ingest = value(of: "--ingest", in: process.arguments) ?? "127.0.0.1:8081"
        if all.count == 2, let told = all.first(where: { $0.text != ingest }),
            all.contains(where: { $0.text == ingest })
        {
            return told
        }
        // Files are in no table of sockets; what its arguments name is not relative to this folder, perhaps.
        if http.hasPrefix("unix:/"), let named = try? SocketAddress(parsing: http) { return named }
        return option == "--http" ? conflict : process.otherAddresses.first
    }

    /// The last one, which is the one that holds.
    private static func value(of option: String, in arguments: [String]) -> String? {
        for (index, argument) in arguments.enumerated().reversed() {
            if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.utf8.count + 1)) }
            if argument == option, index + 1 < arguments.count { return arguments[index + 1] }
        }
        return nil
    }
}
