import Glibc
import PosixIO

/// Asks the kernel to end waits when they are over, not up to 50 µs later (proc(5), timerslack_ns).
func sharpenTimers() {
    guard let file = try? Descriptor.opening("/proc/self/timerslack_ns", flags: O_WRONLY) else { return }
    // Best effort: without it samples are a little later, and the report says by how much.
    _ = unsafe write(file.raw, "1", 1)
}
