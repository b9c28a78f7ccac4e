import Glibc
public import PosixIO

/// Runs `visitors` synthetic visitors against the ingest port at `address` until `controlDescriptor` reaches
/// its end or SIGTERM comes; returns the exit status (sysexits(3)): 0, or EX_OSERR when the system refused
/// something. `origin` is named in the handshakes, for a server that admits only some.
///
/// The process is the demo's own: SIGINT is ignored, because on a terminal it is meant for the master, which
/// then ends the control descriptor. A server that is not there, or goes, is tried again with growing pauses.
public func runDemo(
    address: SocketAddress, origin: String? = nil, visitors: Int, seed: UInt64, controlDescriptor: Int32
) -> Int32 {
    SignalSource.leaveToMaster()
    _ = DescriptorLimit.raise()
    do throws(SystemError) {
        var crowd = try DemoCrowd(
            address: address, origin: origin, count: visitors, seed: seed, control: controlDescriptor,
            signals: try SignalSource([SIGTERM]))
        try crowd.run()
        return EX_OK
    } catch {
        return EX_OSERR
    }
}
