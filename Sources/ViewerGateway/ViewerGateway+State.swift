import BroadcastHub
public import ByteCore
import HTTPWire
import PosixIO

/// JSON about the whole server.
extension ViewerGateway {
    /// Appends the object of the `status` event: workers, viewers, totals, uptime and addresses, and what of
    /// the rest fits in `limit` bytes, of the log the newest lines.
    ///
    /// Everything but the workers comes to 19 KiB at most, and a worker to 240 bytes: `limit` has room for
    /// 170 of the widest and, with figures as they are in practice, for all 256.
    ///
    /// A brief one has neither log nor audience: they tell of others.
    func appendStatus(to text: inout ByteBuffer, now: Int64, limit: Int, isBrief: Bool = false) {
        text.append("{")
        appendServer(to: &text)
        text.append(",\"uptime\":")
        appendUptime(to: &text)
        text.append(",\"ingest\":")
        Self.appendString(source?.ingestAddress ?? "", to: &text)
        text.append(",\"http\":")
        Self.appendString(address.text, to: &text)
        if let publicURL = settings.publicURL {
            text.append(",\"url\":")
            Self.appendString(publicURL.text, to: &text)
        }
        append(",\"invite\":", to: &text, limit: limit) { text in
            isBrief ? false : source?.appendInvite(to: &text) ?? false
        }
        append(",\"audience\":", to: &text, limit: limit) { text in
            if !isBrief { appendAudience(to: &text, now: now) }
            return !isBrief
        }
        append(",\"sampling\":", to: &text, limit: limit) { text in
            source?.appendSampling(to: &text)
            return source != nil
        }
        append(",\"latency\":", to: &text, limit: limit) { appendLatency(to: &$0, now: now) }
        append(",\"refused\":", to: &text, limit: limit) { text in
            source?.appendRefusals(to: &text)
            return source != nil
        }
        append(",\"log\":", to: &text, limit: limit) { text in
            guard let source, !isBrief else { return false }
            // The closing brace needs one.
            source.appendLog(to: &text, limit: max(2, limit - text.count - 1))
            return true
        }
        text.append("}")
    }

    func appendUptime(to text: inout ByteBuffer) {
        text.appendNumber(((source?.uptimeSeconds ?? 0) * 10).rounded() / 10)
    }

    /// Appends a key and what `body` writes; neither where `body` has nothing or the room is not enough.
    private func append(
        _ key: StaticString, to text: inout ByteBuffer, limit: Int, _ body: (inout ByteBuffer) -> Bool
    ) {
        let before = text.count
        text.append(key)
        if !body(&text) || text.count >= limit { text.truncate(by: text.count - before) }
    }

    /// Appends `"workers":[...],"viewers":n,"totals":{...}`, which `/api/state` and `status` share.
    public func appendServer(to text: inout ByteBuffer) {
        text.append("\"workers\":")
        if let source { source.appendWorkers(to: &text) } else { text.append("[]") }
        text.append(",\"viewers\":")
        text.appendDecimal(viewerCount)
        text.append(",\"totals\":")
        if let source { source.appendTotals(to: &text) } else { text.append("{}") }
    }

    /// The same for those who are held to a scope: no worker, and only what is in scope counts.
    func appendServer(to text: inout ByteBuffer, within scope: ScopeFigures) {
        text.append("\"workers\":[],\"viewers\":")
        text.appendDecimal(scope.viewers)
        text.append(",\"totals\":{\"relayed\":")
        text.appendDecimal(scope.relayed)
        text.append(",\"offered\":")
        text.appendDecimal(scope.offered)
        text.append(",\"delivered\":")
        text.appendDecimal(scope.delivered)
        text.append(",\"conflated\":")
        text.appendDecimal(scope.conflated)
        text.append("}")
    }

    private static func appendString(_ string: String, to text: inout ByteBuffer) {
        var string = string
        string.withUTF8 { unsafe text.appendJSONString(UnsafeRawBufferPointer($0)) }
    }
}
