/// The CPU and memory of the server's processes over a run.
final class ProcessMeter {
    let tree: ProcessTree
    private var startedAt: Int64 = 0
    private var startCPU: Int64 = 0
    private var lastAt: Int64 = 0
    private var lastCPU: Int64 = 0
    private var isOver = false
    /// Over the last second, by wall time; nil when the server is gone.
    private(set) var share: Double?
    private(set) var residentBytes: UInt64?
    private(set) var peakBytes: UInt64 = 0
    /// From the start of counting to its end.
    private(set) var cpuNanoseconds: Int64 = 0
    private(set) var elapsedNanoseconds: Int64 = 0

    init(_ tree: ProcessTree) { self.tree = tree }

    /// Counting starts.
    func begin(at now: Int64) {
        startCPU = ProcessTree.cpuNanoseconds(of: tree.members())
        startedAt = now
        lastAt = now
        lastCPU = startCPU
        cpuNanoseconds = 0
        elapsedNanoseconds = 0
    }

    /// To be called about once a second.
    func sample(at now: Int64) {
        let members = tree.members()
        guard !members.isEmpty else {
            (share, residentBytes) = (nil, nil)
            return
        }
        guard now > lastAt else { return }
        let cpu = ProcessTree.cpuNanoseconds(of: members)
        let bytes = ProcessTree.residentBytes(of: members)
        // One that nobody waited for takes its time with it.
        share = max(Double(cpu - lastCPU) / Double(now - lastAt), 0)
        residentBytes = bytes
        peakBytes = max(peakBytes, bytes)
        if !isOver {
            cpuNanoseconds = max(cpu - startCPU, cpuNanoseconds)
            elapsedNanoseconds = now - startedAt
        }
        lastAt = now
        lastCPU = cpu
    }

    /// Counting ends: what the server does from now on is told second by second, and no part of the mean.
    func end(at now: Int64) {
        sample(at: now)
        isOver = true
    }

    /// CPU time by wall time from the start of counting to its end; nil where nothing could be counted.
    var meanShare: Double? {
        elapsedNanoseconds > 0 ? Double(cpuNanoseconds) / Double(elapsedNanoseconds) : nil
    }
}
