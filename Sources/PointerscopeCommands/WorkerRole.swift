import IngestWorker
import LoadGenerator
import PosixIO

/// Descriptors that a child of the master finds open.
enum InheritedDescriptor {
    static let data: Int32 = 3
    static let control: Int32 = 4
    static let counters: Int32 = 5
    /// The demo's only one: its end-of-file is the master's end.
    static let demoControl: Int32 = 3
    /// A load process's channel to its parent.
    static let load: Int32 = 3
    /// The master's end of its front's socket.
    static let front: Int32 = 3
}

/// A worker: `loopback-only` or `any-host`, how many visitors it may have, then the origins it admits.
func runWorkerRole(_ arguments: [String]) -> Int32 {
    do throws(SystemError) {
        let worker = try IngestWorker(
            data: Descriptor(owning: InheritedDescriptor.data),
            control: Descriptor(owning: InheritedDescriptor.control),
            counters: Descriptor(owning: InheritedDescriptor.counters),
            origins: Array(arguments.dropFirst(2)),
            requiresLoopbackHost: arguments.first == "loopback-only",
            visitorLimit: arguments.dropFirst().first.flatMap { Int($0) } ?? .max)
        return worker.run()
    } catch {
        complain("worker: \(error.text)")
        return ExitCode.system.rawValue
    }
}

/// The demo's visitors: address and count, then the origin to name if the server admits only some.
func runDemoRole(_ arguments: [String]) -> Int32 {
    guard arguments.count >= 2, let count = Int(arguments[1]),
        let address = try? SocketAddress(parsing: arguments[0])
    else { return ExitCode.usage.rawValue }
    return runDemo(
        address: address, origin: arguments.dropFirst(2).first, visitors: count, seed: 1,
        controlDescriptor: InheritedDescriptor.demoControl)
}
