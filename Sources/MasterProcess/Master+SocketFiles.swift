import ClusterSupervisor
import PosixIO
import Telemetry
import ViewerGateway

/// Files of Unix sockets that somebody removes while the server listens: nobody comes in by a name that leads
/// elsewhere, and no error tells the server so.
struct SocketFiles {
    var ingest = ListenerFileState.own
    var http = ListenerFileState.own
    var control = ListenerFileState.own
}

extension Master {
    /// Looks at them, and says once what has become of each. That of the control socket is made anew where
    /// nothing is in its place: operators are to get in whatever happens.
    func lookAtSocketFiles() {
        guard isServing else { return }
        note(cluster.socketFile, before: &socketFiles.ingest, of: "--ingest", at: cluster.address)
        note(gateway.socketFile, before: &socketFiles.http, of: "--http", at: gateway.address)
        guard let control, let address = control.address else { return }
        let state = control.socketFile
        note(state, before: &socketFiles.control, of: "--control", at: address)
        guard state == .missing else { return }
        do throws(SystemError) {
            try control.listenAnew(poller)
            socketFiles.control = .own
            log.write("socket_file_made") { $0.add("path", address.path ?? "") }
        } catch {
            // It is tried again with the next look; that it is missing was said.
            return
        }
    }

    private func note(
        _ state: ListenerFileState, before: inout ListenerFileState, of option: String,
        at address: SocketAddress
    ) {
        guard state != before else { return }
        before = state
        let why: String
        switch state {
        case .own: return
        case .missing: why = "somebody has removed it"
        case .another: why = "another file is in its place, perhaps of another server"
        }
        log.write("socket_file_lost") { line in
            line.add("option", option)
            line.add("path", address.path ?? "")
            line.add("why", why)
        }
    }
}
