import BroadcastHub
import ByteCore
import PosixIO

/// JSON about the whole server.
extension ViewerGateway {
    /// Appends the object of the `status` event: workers, viewers, totals, uptime and addresses.
    func appendStatus(to text: inout ByteBuffer) {
        text.append("{")
        appendServer(to: &text)
        text.append(",\"uptime\":")
        text.appendNumber(((source?.uptimeSeconds ?? 0) * 10).rounded() / 10)
        text.append(",\"ingest\":")
        Self.appendString(source?.ingestAddress ?? "", to: &text)
        text.append(",\"http\":")
        Self.appendString(address.text, to: &text)
        text.append("}")
    }

    /// Appends `"workers":[...],"viewers":n,"totals":{...}`, which `/api/state` and `status` share.
    func appendServer(to text: inout ByteBuffer) {
        text.append("\"workers\":")
        if let source { source.appendWorkers(to: &text) } else { text.append("[]") }
        text.append(",\"viewers\":")
        text.appendDecimal(viewerCount)
        text.append(",\"totals\":")
        if let source { source.appendTotals(to: &text) } else { text.append("{}") }
    }

    private static func appendString(_ string: String, to text: inout ByteBuffer) {
        var string = string
        string.withUTF8 { text.appendJSONString(UnsafeRawBufferPointer($0)) }
    }

    /// Appends the answer of `/api/state`, visitors most active first.
    func appendState(to text: inout ByteBuffer, now: Int64) {
        text.append("{\"visitors\":[")
        var listed = 0
        hub.forEachVisitor(now: now) { visitor in
            guard listed < Limits.listedVisitors else { return }
            if listed > 0 { text.append(",") }
            listed += 1
            Self.append(visitor, to: &text)
        }
        text.append("],")
        appendServer(to: &text)
        text.append("}\n")
    }

    private static func append(_ visitor: VisitorState, to text: inout ByteBuffer) {
        text.append("{\"id\":")
        text.append(visitor.idJSON)
        text.append(",\"since\":")
        text.appendDecimal(visitor.sinceMilliseconds)
        text.append(",\"last\":")
        text.appendDecimal(visitor.lastMilliseconds)
        text.append(",\"rate\":")
        text.appendNumber(visitor.rate)
        text.append(",\"page\":")
        if let page = visitor.pageJSON { text.append(page) } else { text.append("null") }
        text.append(",\"worker\":")
        text.appendDecimal(Int64(visitor.processID))
        text.append("}")
    }
}
