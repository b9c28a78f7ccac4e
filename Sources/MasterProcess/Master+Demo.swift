import ClusterSupervisor
import Glibc
import PosixIO
import Telemetry

/// The process of the synthetic visitors.
final class DemoProcess {
    let child: ChildProcess
    /// Its other end reaches end-of-file when this master is gone.
    let lifeline: Descriptor

    init(
        executable: borrowing Descriptor, role: String, address: String, visitors: Int, origin: String?
    ) throws(SystemError) {
        let pair = try SocketPair()
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        child = try ChildProcess(
            executable: executable,
            arguments: ["pointerscope", role, address, String(visitors)]
                + (origin.map { [$0] } ?? []),
            inherited: [
                .init(null.raw, as: 0), .init(null.raw, as: 1), .init(2, as: 2),
                .init(pair.second.raw, as: InheritedDescriptor.demoControl),
            ])
        lifeline = pair.first
    }
}

extension Master {
    func startDemo() {
        do throws(SystemError) {
            let demo = try DemoProcess(
                executable: executable, role: settings.roles.demo, address: cluster.address.text,
                visitors: settings.demoVisitors, origin: settings.origins.first)
            try poller.add(demo.child.raw, for: .readable, token: Token(kind: Kind.demo))
            self.demo = demo
            log.write("demo_started") { line in
                line.add("pid", Int(demo.child.pid))
                line.add("visitors", settings.demoVisitors)
            }
        } catch {
            log.write("demo_not_started") { $0.add("why", error.text) }
        }
    }

    func demoEnded() {
        guard let demo, let status = demo.child.reap() else { return }
        poller.remove(demo.child.raw)
        self.demo = nil
        log.write("demo_exited") { line in
            line.add("pid", Int(demo.child.pid))
            line.add("how", status.text)
        }
    }
}
