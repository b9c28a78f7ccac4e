import ByteCore

extension LiveModel {
    /// Takes in a status; keys it does not have are as if they were zero.
    mutating func applyStatus(_ data: UnsafeRawBufferPointer, now: Int64) throws(JSONFault) -> Outcome {
        var scanner = JSONScanner(data, maximumDepth: LiveModelLimits.nestingDepth)
        scanner.skipWhitespace()
        guard scanner.next == UInt8(ascii: "{") else { return .malformed }
        var read = ServerStatus()
        try scanner.open()
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            switch MessageKey(name) {
            case .workers: read.workers = try readWorkers(&scanner)
            case .viewers: read.viewers = try scanner.takeCount(upTo: .max >> 1) ?? 0
            case .totals: try readTotals(&scanner, prefix: "", into: &read.totals)
            case .uptime: read.uptimeSeconds = min(max(try scanner.takeNumber() ?? 0, 0), 1e12)
            case .ingest: read.ingestAddress = try scanner.takeText() ?? ""
            case .http: read.httpAddress = try scanner.takeText() ?? ""
            default: try scanner.skipValue()
            }
        }
        try scanner.expectEnd()
        status = read
        statusNanoseconds = now
        return .applied
    }

    private func readWorkers(_ scanner: inout JSONScanner) throws(JSONFault) -> [WorkerStatus] {
        var workers: [WorkerStatus] = []
        guard scanner.next == UInt8(ascii: "[") else {
            try scanner.skipValue()
            return workers
        }
        try scanner.open()
        var isFirst = true
        while try scanner.nextElement(isFirst: isFirst) {
            isFirst = false
            let worker = try readWorker(&scanner)
            if let worker, workers.count < limits.workers { workers.append(worker) }
        }
        return workers
    }

    private func readWorker(_ scanner: inout JSONScanner) throws(JSONFault) -> WorkerStatus? {
        guard scanner.next == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return nil
        }
        var worker = WorkerStatus()
        try scanner.open()
        var isFirst = true
        while let name = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            switch MessageKey(name) {
            case .pid: worker.pid = Int32(try scanner.takeCount(upTo: Int(Int32.max)) ?? 0)
            case .state: worker.state = try scanner.takeText() ?? ""
            case .connections: worker.connections = try scanner.takeCount(upTo: .max >> 1) ?? 0
            case .rate: worker.rate = max(try scanner.takeNumber() ?? 0, 0)
            case .restarts: worker.restarts = try scanner.takeCount(upTo: .max >> 1) ?? 0
            case .rss: worker.memoryBytes = try scanner.takeCount(upTo: .max >> 1) ?? 0
            default: try scanner.skipValue()
            }
        }
        return worker
    }

    /// Reads figures; an object among them is a group, whose name goes in front.
    private func readTotals(
        _ scanner: inout JSONScanner, prefix: String, into totals: inout [TotalFigure]
    ) throws(JSONFault) {
        guard scanner.next == UInt8(ascii: "{") else { return try scanner.skipValue() }
        try scanner.open()
        var isFirst = true
        while let key = try scanner.nextKey(isFirst: isFirst) {
            isFirst = false
            let name = key.withBytes { bytes in
                prefix + String(decoding: bytes.prefix(LiveModelLimits.textBytes), as: UTF8.self)
            }
            if scanner.next == UInt8(ascii: "{"), prefix.isEmpty {
                try readTotals(&scanner, prefix: name + ".", into: &totals)
            } else if let value = try scanner.takeNumber(), totals.count < limits.totals {
                totals.append(TotalFigure(name: name, value: value))
            }
        }
    }
}
