import Glibc
import PosixIO
import ViewerGateway

extension Master {
    /// The front process ends this one with itself, unless it asked to be let go.
    func followFront() {
        guard dependsOnFront else { return }
        if gateway.isFrontDetached {
            dependsOnFront = false
            loseStandardError()
            log.write("detached")
            gateway.refreshStatus()
        } else if !gateway.isFrontAttached {
            stop(because: "the terminal's process is gone")
        }
    }

    /// The front read standard error and will not any more; what is said there from now on goes nowhere
    /// instead of failing.
    private func loseStandardError() {
        guard let null = try? Descriptor.opening("/dev/null", flags: O_WRONLY) else { return }
        _ = dup2(null.raw, STDERR_FILENO)
    }
}
