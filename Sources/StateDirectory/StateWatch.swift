import PosixIO

/// Sees what others change in a state directory, by looking at it twice a second (stat(2)).
///
/// Looking works on every file system and costs microseconds; what commands change holds half a second later.
public struct StateWatch: Sendable {
    /// What was seen.
    public enum Finding: Equatable, Sendable {
        /// Another writing of the file is there, or none any more.
        case changed(StateFile)
        /// The directory may no longer be used as it is; told once until it may again.
        case fault(StateFault)
        /// After a fault: it may be used again.
        case mended
    }

    /// Nanoseconds between two looks.
    public static let interval: Int64 = 500_000_000

    private var known: [StateFile: FileStamp] = [:]
    private let files: [StateFile]
    private var fault: StateFault?

    /// When to look again (monotonic nanoseconds).
    public private(set) var nextDeadline: Int64

    /// Watches files whose present writing is not known yet: those that are there are `changed` at the first
    /// look.
    public init(_ files: [StateFile], now: Int64) {
        self.files = files
        nextDeadline = now
    }

    /// This writing of the file is known: it was read, or is our own.
    public mutating func knows(_ stamp: FileStamp?, of file: StateFile) { known[file] = stamp }

    /// Has the next look be at once.
    public mutating func lookAtOnce() { nextDeadline = .min }

    /// Looks, if it is time.
    public mutating func look(at directory: borrowing StateDirectory, now: Int64) -> [Finding] {
        guard now >= nextDeadline else { return [] }
        nextDeadline = now + Self.interval
        do throws(StateFault) {
            try directory.check()
        } catch {
            defer { fault = error }
            return fault == error ? [] : [.fault(error)]
        }
        var findings: [Finding] = fault == nil ? [] : [.mended]
        fault = nil
        for file in files {
            let stamp = directory.stamp(of: file)
            guard stamp != known[file] else { continue }
            known[file] = stamp
            findings.append(.changed(file))
        }
        return findings
    }
}
