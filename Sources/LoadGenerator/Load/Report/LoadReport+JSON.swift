import ByteCore

/// For machines: one line, times in milliseconds, shares of one core, bytes.
extension LoadReport {
    /// One JSON object.
    public var json: String {
        var object = JSONObject()
        object.add("mode", plan.mode.rawValue)
        object.add("protocol", plan.format.rawValue)
        object.add("target", plan.target.authority)
        object.add("interrupted", wasInterrupted)
        object.add("visitors", plan.visitors)
        object.add("processes", processes)
        object.add("batch", plan.batch)
        object.add("coalesce", plan.coalesce)
        object.add("seconds", seconds)
        object.add("offered", tally.offered)
        object.add("sent", tally.sent)
        object.add("unsent", unsent)
        object.add("omitted", tally.omitted)
        object.add("frames", tally.sent / Int64(plan.batch))
        object.add("writes", tally.writes)
        object.add("rate", rate)
        object.add("bytes_out", tally.bytesOut)
        object.add("bytes_in", tally.bytesIn)
        object.add("opened", tally.opened)
        object.add("open", tally.open)
        object.add("left", tally.left)
        object.add("opening_seconds", openingSeconds)
        object.add("connects_per_second", connectsPerSecond)
        object.add(raw: "handshake_ms", Self.json(handshakes))
        object.add(raw: "lag_ms", Self.json(lag))
        object.add(raw: "latency_ms", plan.viewers > 0 ? Self.json(latencies) : "null")
        object.add(raw: "arrived", plan.viewers > 0 && isArrivalKnown ? arrivedJSON : "null")
        object.add("errors", Int64(clamping: errors))
        var kinds = JSONObject()
        for (fault, count) in faults { kinds.add(fault.name, Int64(clamping: count)) }
        object.add(raw: "error_kinds", kinds.text)
        var generator = JSONObject()
        generator.add("busiest_share", generatorShare)
        generator.add("total_share", generatorTotal)
        generator.add("bytes", Int64(clamping: generatorBytes))
        generator.add("is_limit", isGeneratorLimit)
        object.add(raw: "generator", generator.text)
        object.add(raw: "server", serverJSON)
        object.add(raw: "drain", drain.map(Self.json) ?? "null")
        object.add(raw: "requirements", requirementsJSON)
        object.add("met", meetsRequirements)
        return object.text
    }

    private static func json(_ times: Percentiles) -> String {
        var object = JSONObject()
        object.add("count", Int64(clamping: times.count))
        for (name, value) in times.named { object.add(name, Double(value) / 1e6) }
        return object.text
    }

    private var arrivedJSON: String {
        let sum = arrived
        var object = JSONObject()
        object.add("viewers", plan.viewers)
        object.add("bytes", Int64(clamping: viewerBytes))
        let values = [
            ("received", sum.received), ("missing", sum.missing), ("lost", sum.lost),
            ("conflated", sum.conflated), ("under_way", sum.underWay), ("duplicates", sum.duplicates),
            ("disordered", sum.disordered),
            ("foreign", sum.foreign), ("stale", sum.stale), ("resets", sum.resets), ("kills", sum.kills),
            ("other_lines", sum.otherLines),
        ]
        for (name, value) in values { object.add(name, Int64(clamping: value)) }
        object.add(raw: "folded_by_server", folded.map { String($0) } ?? "null")
        object.add(raw: "by_viewer", "[\(viewers.map { String($0.received) }.joined(separator: ","))]")
        let worst = worst.map { entry in
            var object = JSONObject()
            object.add("visitor", entry.visitor)
            object.add("sent", Int64(entry.sent))
            object.add("missing", Int64(entry.missing))
            return object.text
        }
        object.add(raw: "worst_visitors", "[\(worst.joined(separator: ","))]")
        return object.text
    }

    private var serverJSON: String {
        guard let serverShare else { return "null" }
        var object = JSONObject()
        object.add("cpu_share", serverShare)
        object.add("cpu_seconds", serverCPUSeconds ?? 0)
        object.add("bytes", Int64(clamping: serverBytes ?? 0))
        object.add("peak_bytes", Int64(clamping: serverPeakBytes ?? 0))
        return object.text
    }

    private static func json(_ drain: DrainFigures) -> String {
        var object = JSONObject()
        object.add("rounds", drain.rounds)
        object.add("broken_rounds", drain.broken)
        object.add("frames", drain.frames)
        object.add("samples", drain.samples)
        object.add("seconds", Double(drain.nanoseconds) / 1e9)
        object.add("cpu_seconds", Double(drain.cpuNanoseconds) / 1e9)
        object.add("frames_per_second", drain.perSecond)
        object.add("frames_per_cpu_second", drain.perCPUSecond)
        object.add("slowest_round", drain.rounds > 0 ? drain.slowest : 0)
        object.add("fastest_round", drain.fastest)
        return object.text
    }

    private var requirementsJSON: String {
        let entries = verdicts.map { verdict in
            var object = JSONObject()
            object.add("condition", verdict.text)
            object.add("value", verdict.value)
            object.add("met", verdict.outcome == .passed)
            return object.text
        }
        return "[\(entries.joined(separator: ","))]"
    }
}

extension DrainFigures {
    var perSecond: Double { nanoseconds > 0 ? Double(frames) / (Double(nanoseconds) / 1e9) : 0 }
    var perCPUSecond: Double { cpuNanoseconds > 0 ? Double(frames) / (Double(cpuNanoseconds) / 1e9) : 0 }
}

/// A JSON object in the making.
private struct JSONObject {
    private var fields: [String] = []

    var text: String { "{\(fields.joined(separator: ","))}" }

    mutating func add(raw name: String, _ value: String) { fields.append("\(Self.quoted(name)):\(value)") }
    mutating func add(_ name: String, _ value: String) { add(raw: name, Self.quoted(value)) }
    mutating func add(_ name: String, _ value: Bool) { add(raw: name, value ? "true" : "false") }
    mutating func add(_ name: String, _ value: Int) { add(raw: name, String(value)) }
    mutating func add(_ name: String, _ value: Int64) { add(raw: name, String(value)) }

    mutating func add(_ name: String, _ value: Double) {
        var buffer = ByteBuffer(capacity: 32)
        buffer.appendNumber(value.isFinite ? (value * 1e6).rounded() / 1e6 : 0)
        unsafe add(raw: name, String(decoding: buffer.readable, as: UTF8.self))
    }

    private static func quoted(_ text: String) -> String {
        var text = text
        var buffer = ByteBuffer()
        text.withUTF8 { unsafe buffer.appendJSONString(UnsafeRawBufferPointer($0)) }
        return unsafe String(decoding: buffer.readable, as: UTF8.self)
    }
}
