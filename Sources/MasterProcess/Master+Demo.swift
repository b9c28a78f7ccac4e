import ClusterSupervisor
import Glibc
import PosixIO
import Telemetry

/// The process of the synthetic visitors.
final class DemoProcess {
    let child: ChildProcess
    /// Its other end reaches end-of-file when this master is gone.
    let lifeline: Descriptor
    /// What it says on its standard error, which never blocks it.
    let errors: ByteStream
    var spoken = SpokenLines()

    /// Looks after one that the program before in this process has started.
    init(taking carried: CarriedDemo) {
        child = ChildProcess(carried.child)
        lifeline = Descriptor(owning: carried.lifeline)
        errors = ByteStream(Descriptor(owning: carried.errors))
        spoken = SpokenLines(carried.spoken)
    }

    /// Starts the process with its lifeline and a standard error, and nothing else.
    init(
        executable: borrowing Descriptor, role: String, address: String, visitors: Int, origin: String?
    ) throws(SystemError) {
        let pair = try SocketPair()
        let errorPipe = try Pipe()
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        child = try ChildProcess(
            executable: executable,
            arguments: [ProgramName.title(of: "demo"), role, address, String(visitors)]
                + (origin.map { [$0] } ?? []),
            environment: ProcessEnvironment.forChildren(),
            inherited: [
                .init(null.raw, as: 0), .init(null.raw, as: 1), .init(errorPipe.writing.raw, as: 2),
                .init(pair.second.raw, as: InheritedDescriptor.demoControl),
            ])
        lifeline = pair.first
        errors = ByteStream(errorPipe.reading)
    }
}

extension Master {
    func startDemo() {
        do throws(SystemError) {
            let demo = try DemoProcess(
                executable: executable, role: settings.roles.demo, address: cluster.address.reachable.text,
                visitors: settings.demoVisitors, origin: settings.origins.first)
            do throws(SystemError) {
                try poller.add(demo.child.raw, for: .readable, token: Token(kind: Kind.demo))
                try poller.add(demo.errors.raw, for: .readable, token: Token(kind: Kind.demoErrors))
            } catch {
                // Nobody would hear of its end.
                demo.child.killAndReap()
                throw error
            }
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
        readDemoErrors()
        poller.remove(demo.child.raw)
        poller.remove(demo.errors.raw)
        self.demo = nil
        log.write("demo_exited") { line in
            line.add("pid", Int(demo.child.pid))
            line.add("how", status.text)
        }
    }

    /// Logs what the demo says: a complaint, or the words of a crash.
    func readDemoErrors() {
        guard let demo else { return }
        let pid = Int(demo.child.pid)
        let note = { [log] (said: SpokenLines.Line) in
            log.write("demo_said") { line in
                line.add("pid", pid)
                line.add("text", said.text)
                if said.omitted > 0 { line.add("omitted", said.omitted) }
            }
        }
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.demoErrorBytes, alignment: 8) { room in
            switch unsafe demo.errors.read(into: room) {
            case .bytes(let count):
                unsafe demo.spoken.take(UnsafeRawBufferPointer(rebasing: room[..<count]), now: now, note)
            case .wouldBlock: break
            case .endOfFile, .failed:
                demo.spoken.end(now: now, note)
                poller.remove(demo.errors.raw)
            }
        }
    }

    /// One read of the demo's standard error; a crash says less.
    private static var demoErrorBytes: Int { 4096 }
}
