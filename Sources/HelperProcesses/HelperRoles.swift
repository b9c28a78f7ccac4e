import Glibc
import PasswordHashing
import PosixIO
import StateDirectory

/// Hashes passwords for a master, one at a time, until that closes its end; returns the exit status.
public func runHashRole() -> Int32 {
    let channel = InheritedDescriptor.helper
    HelperProcess.begin(channel: channel, firstClosed: channel + 1)
    HelperProcess.yieldToOthers()
    var bytes = [UInt8](repeating: 0, count: HashRequest.byteCount)
    while unsafe bytes.withUnsafeMutableBytes({ unsafe HelperProcess.read(channel, into: $0) }) {
        guard var request = HashRequest(bytes) else {
            complain("hash helper: what was asked cannot be read")
            return ExitCode.software.rawValue
        }
        eraseSecret(&bytes)
        let answer = request.answer().encoded()
        request.forgetPassword()
        // 19 MiB that are needed for 30 ms are not kept until the next sign-in.
        ProcessMemory.releaseFreeHeap()
        guard unsafe answer.withUnsafeBytes({ unsafe HelperProcess.write($0, to: channel) }) else { break }
        bytes = [UInt8](repeating: 0, count: HashRequest.byteCount)
    }
    return ExitCode.success.rawValue
}

/// Writes files of a state directory for a master until that closes its end, and then what it was given
/// before; `path` is the directory's name. Returns the exit status.
public func runKeepRole(path: String) -> Int32 {
    let channel = InheritedDescriptor.helper
    HelperProcess.begin(channel: channel, firstClosed: InheritedDescriptor.stateDirectory + 1)
    // Stopping the master does not stop what is half written.
    SignalSource.ignore(SIGTERM)
    let directory = StateDirectory(
        adopting: Descriptor(owning: InheritedDescriptor.stateDirectory), path: path)
    var head = [UInt8](repeating: 0, count: KeepRecord.headBytes)
    while unsafe head.withUnsafeMutableBytes({ unsafe HelperProcess.read(channel, into: $0) }) {
        guard let record = KeepRecord(head) else {
            complain("keeper: what is to be written cannot be read")
            return ExitCode.software.rawValue
        }
        var bytes = [UInt8](repeating: 0, count: record.byteCount)
        guard unsafe bytes.withUnsafeMutableBytes({ unsafe HelperProcess.read(channel, into: $0) }) else {
            break
        }
        let answer = KeepAnswer(number: record.number, keep(record, bytes, in: directory)).encoded()
        guard unsafe answer.withUnsafeBytes({ unsafe HelperProcess.write($0, to: channel) }) else { break }
    }
    return ExitCode.success.rawValue
}

private func keep(
    _ record: KeepRecord, _ bytes: [UInt8], in directory: borrowing StateDirectory
) -> KeepAnswer.Outcome {
    do throws(StateFault) {
        try directory.check()
        return try directory.changing { directory throws(StateFault) -> KeepAnswer.Outcome in
            switch record.action {
            case .write:
                guard directory.stamp(of: record.file) == record.replaced else { return .changedMeanwhile }
                return .done(try directory.write(bytes, to: record.file))
            case .remove:
                try directory.remove(record.file)
                return .done(nil)
            }
        }
    } catch {
        complain("keeper: \(error.text)")
        guard case .system(let system) = error.problem else { return .failed(EPERM) }
        return .failed(system.code)
    }
}
