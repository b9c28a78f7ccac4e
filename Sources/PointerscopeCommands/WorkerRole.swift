import Glibc
import HTTPWire
import IngestWorker
import LoadGenerator
import PosixIO
import ProxyWire

/// A worker: `loopback-only`, the public URL that is served besides, or `any-host`; `loopback-origins` or
/// `any-origin` where no origin is listed; how many places its connections share; `direct` or who may pass
/// connections on; `deflate` or `plain`; what one connection may bring; `accepts` where it has a listener, or
/// `handed`; then the origins it admits.
func runWorkerRole(_ arguments: [String]) -> Int32 {
    MemoryPrivacy.keepInChild()
    let hosts = arguments.first ?? ""
    let publicURL = try? PublicURL(parsing: hosts)
    let accepts = arguments.dropFirst(6).first == "accepts"
    do throws(SystemError) {
        var worker = try IngestWorker(
            data: Descriptor(owning: InheritedDescriptor.data),
            control: Descriptor(owning: InheritedDescriptor.control),
            counters: Descriptor(owning: InheritedDescriptor.counters),
            origins: Array(arguments.dropFirst(7)),
            requiresLoopbackHost: hosts == "loopback-only" || publicURL != nil, publicURL: publicURL,
            requiresLoopbackOrigin: arguments.dropFirst().first == "loopback-origins",
            sharedPlaces: arguments.dropFirst(2).first.flatMap { Int($0) } ?? .max,
            proxies: proxies(arguments.dropFirst(3).first ?? "direct"),
            deflates: arguments.dropFirst(4).first == "deflate",
            limits: arguments.dropFirst(5).first.flatMap { IngestLimits(word: $0) } ?? IngestLimits(),
            listener: ownListener(accepts))
        confine(accepts: accepts)
        return worker.run()
    } catch {
        complain("worker: \(error.text)")
        return ExitCode.system.rawValue
    }
}

/// Where it accepts itself; nil where it does not.
private func ownListener(_ accepts: Bool) throws(SystemError) -> Listener? {
    guard accepts else { return nil }
    guard let listener = Listener(inherited: InheritedDescriptor.listener) else {
        throw SystemError("listener", code: EBADF)
    }
    return listener
}

/// From here on it has all that it ever opens. A kernel that cannot hold it to that is said so, and no reason
/// not to serve.
private func confine(accepts: Bool) {
    guard !MemoryPrivacy.isWaived else { return }
    do throws(SystemError) {
        try SystemCallFilter.confineWorker(accepts: accepts)
    } catch {
        complain("the kernel does not confine this worker: \(error.text)")
    }
}

/// Who may pass connections on; nil where they come from their visitors themselves. A list that cannot be
/// read is not the master's, and then nobody may.
private func proxies(_ word: String) -> TrustedProxies? {
    guard word != "direct" else { return nil }
    let words = word.split(separator: ",").map { String($0) }
    return (try? TrustedProxies(parsing: words)) ?? (try? TrustedProxies(parsing: ["::/128"]))
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
