import ByteCore

/// Reads a status: every key may be missing, and one that is not what it should be is passed over.
struct StatusReader {
    var scanner: JSONScanner
    let limits: LiveModelLimits

    init(_ data: UnsafeRawBufferPointer, limits: LiveModelLimits) {
        scanner = unsafe JSONScanner(data, maximumDepth: LiveModelLimits.nestingDepth)
        self.limits = limits
    }

    /// The status; nil where the text is no object.
    mutating func read() throws(JSONFault) -> ServerStatus? {
        scanner.skipWhitespace()
        guard scanner.next == UInt8(ascii: "{") else { return nil }
        var status = ServerStatus()
        try forEachMember { reader, name throws(JSONFault) in
            try reader.readMember(StatusKey(name), into: &status)
        }
        try scanner.expectEnd()
        return status
    }

    private mutating func readMember(
        _ key: StatusKey?, into status: inout ServerStatus
    ) throws(JSONFault) {
        switch key {
        case .workers:
            status.workers = []
            try forEachElement { reader throws(JSONFault) in
                let worker = try reader.readWorker()
                if let worker, status.workers.count < reader.limits.workers { status.workers.append(worker) }
            }
        case .viewers: status.viewers = try readCount()
        case .totals: status.totals = try readFigures(limit: limits.totals)
        case .uptime: status.uptimeSeconds = min(try readFigure(), 1e12)
        case .ingest: status.ingestAddress = try scanner.takeText() ?? ""
        case .http: status.httpAddress = try scanner.takeText() ?? ""
        case .url: status.publicURL = try scanner.takeText() ?? ""
        case .invite: status.invite = try scanner.takeText(LiveModelLimits.linkBytes) ?? ""
        case .audience:
            status.audience = []
            try forEachElement { reader throws(JSONFault) in
                let member = try reader.readAudienceMember()
                if let member, status.audience.count < reader.limits.audience {
                    status.audience.append(member)
                }
            }
        case .latency: status.latency = try readLatency()
        case .sampling: status.sampling = try readSampling()
        case .refused: status.refusals = try readFigures(limit: limits.refusals)
        case .log:
            status.log = []
            status.hasLog = true
            try forEachElement { reader throws(JSONFault) in
                let line = try reader.readLogLine()
                guard let line else { return }
                // They come oldest first, and the newest are wanted.
                if status.log.count >= reader.limits.logLines { status.log.removeFirst() }
                status.log.append(line)
            }
        default: try scanner.skipValue()
        }
    }

    private mutating func readWorker() throws(JSONFault) -> WorkerStatus? {
        var worker = WorkerStatus()
        let isObject = try forEachMember { reader, name throws(JSONFault) in
            switch StatusKey(name) {
            case .pid: worker.pid = Int32(try reader.scanner.takeCount(upTo: Int(Int32.max)) ?? 0)
            case .number: worker.number = try reader.readCount()
            case .state: worker.state = try reader.scanner.takeText() ?? ""
            case .connections: worker.connections = try reader.readCount()
            case .rate: worker.rate = try reader.readFigure()
            case .restarts: worker.restarts = try reader.readCount()
            case .rss: worker.memoryBytes = try reader.readCount()
            case .cpu: worker.cpu = try reader.readFigure()
            case .folded: worker.folded = try reader.readCount()
            case .received: worker.received = try reader.readCount()
            default: try reader.scanner.skipValue()
            }
        }
        return isObject ? worker : nil
    }

    private mutating func readAudienceMember() throws(JSONFault) -> AudienceMember? {
        var member = AudienceMember()
        let isObject = try forEachMember { reader, name throws(JSONFault) in
            switch StatusKey(name) {
            case .name: member.name = try reader.scanner.takeText() ?? ""
            case .shape: member.shape = try reader.scanner.takeText() ?? ""
            case .hz: member.hz = try reader.readCount()
            case .behind: member.behind = try reader.readCount()
            case .conflated: member.conflated = try reader.readCount()
            case .sent: member.sentBytes = try reader.readCount()
            case .age: member.ageSeconds = try reader.readFigure()
            case .idle: member.idleSeconds = try reader.readFigure()
            default: try reader.scanner.skipValue()
            }
        }
        return isObject ? member : nil
    }

    private mutating func readLatency() throws(JSONFault) -> HopLatency {
        var latency = HopLatency()
        try forEachMember { reader, name throws(JSONFault) in
            switch StatusKey(name) {
            case .relayed: latency.relayed = try reader.readLatencyFigures()
            case .encoded: latency.encoded = try reader.readLatencyFigures()
            default: try reader.scanner.skipValue()
            }
        }
        return latency
    }

    private mutating func readLatencyFigures() throws(JSONFault) -> LatencyFigures? {
        var figures = LatencyFigures()
        let isObject = try forEachMember { reader, name throws(JSONFault) in
            switch StatusKey(name) {
            case .p50: figures.p50 = try reader.readFigure()
            case .p99: figures.p99 = try reader.readFigure()
            case .max: figures.max = try reader.readFigure()
            default: try reader.scanner.skipValue()
            }
        }
        return isObject ? figures : nil
    }

    /// Reads figures; an object among them is a group, whose name goes in front.
    private mutating func readFigures(limit: Int) throws(JSONFault) -> [TotalFigure] {
        var figures: [TotalFigure] = []
        try readFigures(prefix: "", limit: limit, into: &figures)
        return figures
    }

    private mutating func readFigures(
        prefix: String, limit: Int, into figures: inout [TotalFigure]
    ) throws(JSONFault) {
        try forEachMember { reader, key throws(JSONFault) in
            let name = unsafe key.withBytes {
                unsafe prefix + String(cutting: $0, to: LiveModelLimits.textBytes)
            }
            if reader.scanner.next == UInt8(ascii: "{"), prefix.isEmpty {
                try reader.readFigures(prefix: name + ".", limit: limit, into: &figures)
            } else if let value = try reader.scanner.takeNumber(), figures.count < limit {
                figures.append(TotalFigure(name: name, value: value))
            }
        }
    }
}
