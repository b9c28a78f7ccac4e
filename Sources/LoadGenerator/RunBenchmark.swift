import Glibc
import PosixIO

/// Runs one paced or unpaced load against a running server and prints one JSON object; `arguments` begin
/// behind the program's name.
///
/// Returns the exit status (sysexits(3)): 0 when the run took place, whatever it found; EX_USAGE for bad
/// arguments; EX_UNAVAILABLE when the server is not there or not what it should be; EX_OSERR.
public func runBenchmark(arguments: [String]) -> Int32 {
    let options: BenchmarkOptions
    do throws(BenchmarkOptions.UsageError) {
        options = try BenchmarkOptions(parsing: arguments)
    } catch {
        complain("pointerscope-bench: \(error.text)\n\(BenchmarkOptions.usage)")
        return EX_USAGE
    }
    _ = DescriptorLimit.raise()
    sharpenTimers()
    do throws(PacedRun.Failure) {
        var run: PacedRun
        do throws(SystemError) {
            run = try PacedRun(options)
        } catch {
            throw .system(error)
        }
        print(try run.run().json)
        return EX_OK
    } catch {
        switch error {
        case .unavailable(let sentence):
            complain("pointerscope-bench: \(sentence)\n")
            return EX_UNAVAILABLE
        case .system(let error):
            complain("pointerscope-bench: \(error.text)\n")
            return EX_OSERR
        }
    }
}

/// Asks the kernel to end waits when they are over, not up to 50 µs later (proc(5), timerslack_ns).
func sharpenTimers() {
    guard let file = try? Descriptor.opening("/proc/self/timerslack_ns", flags: O_WRONLY) else { return }
    // Best effort: without it paced samples are a little later, and the report says by how much.
    _ = write(file.raw, "1", 1)
}

private func complain(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
}
