import ByteCore
import ClusterSupervisor
import PosixIO
import Telemetry

/// What `/metrics` says of the processes themselves.
///
/// The names are those that Prometheus' own client libraries use
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/, "Process metrics"), with the process as a
/// label.
extension Master {
    func appendProcessMetrics(to text: inout ByteBuffer) {
        text.appendMetricFamily(
            "pointerscope_build_info", .gauge, help: "Always 1; the label says which program this is.")
        text.appendMetric("pointerscope_build_info", label: ("version", settings.version), UInt64(1))
        let workers = cluster.statuses()
        text.appendMetric(
            "pointerscope_workers_running", .gauge, help: "Workers that accept connections.",
            UInt64(cluster.runningCount))
        text.appendMetric(
            "pointerscope_worker_restarts_total", .counter, help: "Times a worker was replaced.",
            UInt64(cluster.restarts))
        text.appendMetric(
            "pointerscope_workers_errored", .gauge,
            help: "Workers that kept ending at their start and are not started any more.",
            UInt64(cluster.givenUpCount))
        text.appendMetric(
            "pointerscope_worker_memory_restarts_total", .counter,
            help: "Times a worker was replaced for its memory.", UInt64(cluster.memoryRestarts))
        var processes = [(name: "master", pid: ProcessMemory.ownPid, startedAt: startedAt)]
        let alive = workers.filter { $0.pid != 0 }
        let names = Self.processNames(of: alive.map { ($0.number, "\($0.state)" == "running") })
        for (name, worker) in zip(names, alive) {
            processes.append((name, worker.pid, worker.startedAt ?? startedAt))
        }
        let start = "process_start_time_seconds" as StaticString
        text.appendMetricFamily(start, .gauge, help: "When the process started, since the epoch.")
        for process in processes {
            // By the clock as it was then: else each of them would start anew whenever that is set.
            let epoch = process.startedAt &+ startClocks.wallClockOffset
            text.appendMetric(start, label: ("process", process.name), Double(epoch / 1_000_000) / 1000)
        }
        let cpu = "process_cpu_seconds_total" as StaticString
        text.appendMetricFamily(cpu, .counter, help: "CPU time used, user and system.")
        for process in processes {
            let used = ProcessClock.cpuNanoseconds(of: process.pid)
            text.appendMetric(cpu, label: ("process", process.name), Double(used / 1_000_000) / 1000)
        }
        let resident = "process_resident_memory_bytes" as StaticString
        text.appendMetricFamily(resident, .gauge, help: "Resident memory.")
        for process in processes {
            text.appendMetric(
                resident, label: ("process", process.name), ProcessMemory.residentBytes(of: process.pid))
        }
        appendDescriptors(of: processes.map { ($0.name, $0.pid) }, to: &text)
        text.appendMetric(
            "pointerscope_log_lines_dropped_total", .counter, help: "Log lines that could not be written.",
            log.droppedLines)
    }

    /// `worker-1` for the one that runs under the number 1, `worker-1-2` and `worker-1-3` for those that come
    /// or go under it: a text in which a name stands twice Prometheus takes nothing of.
    static func processNames(of workers: [(number: Int, isRunning: Bool)]) -> [String] {
        var count: [Int: Int] = [:]
        for worker in workers where worker.isRunning { count[worker.number] = 1 }
        var isNamed: Set<Int> = []
        return workers.map { worker in
            let name = "worker-\(worker.number)"
            if worker.isRunning, isNamed.insert(worker.number).inserted { return name }
            count[worker.number, default: 0] += 1
            let place = count[worker.number] ?? 1
            return place == 1 ? name : "\(name)-\(place)"
        }
    }

    private func appendDescriptors(
        of processes: [(name: String, pid: Int32)], to text: inout ByteBuffer
    ) {
        let open = "process_open_fds" as StaticString
        text.appendMetricFamily(open, .gauge, help: "Open file descriptors, where the kernel tells.")
        for process in processes {
            guard let count = ProcessDescriptors.openCount(of: process.pid) else { continue }
            text.appendMetric(open, label: ("process", process.name), UInt64(count))
        }
        let most = "process_max_fds" as StaticString
        text.appendMetricFamily(most, .gauge, help: "Most descriptors that the process may open.")
        for process in processes {
            guard let limit = ProcessDescriptors.limit(of: process.pid) else { continue }
            text.appendMetric(most, label: ("process", process.name), limit)
        }
    }
}
