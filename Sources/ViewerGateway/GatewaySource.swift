public import ByteCore

/// Whether the server can do its work.
public enum Readiness: Sendable {
    /// At least one worker runs.
    case ready
    /// It cannot now; one line for a person.
    case unready(StaticString)
}

/// What the HTTP port asks its owner for; all of it off the hot path.
public protocol GatewaySource: AnyObject {
    /// For `/readyz`.
    var readiness: Readiness { get }
    /// Where pages send their samples, as `HOST:PORT` or `unix:PATH`.
    var ingestAddress: String { get }
    /// The same as a page of this machine has to write it, `HOST:PORT`.
    var ingestAuthority: String { get }
    /// Seconds since the server started.
    var uptimeSeconds: Double { get }

    /// Samples that workers folded (`pointerscope_events_conflated_total{stage="relay"}`).
    var conflatedInRelay: UInt64 { get }

    /// Appends a JSON array with an object per worker:
    /// `[{"pid":1,"state":"running","connections":3,"rate":12.5,"restarts":0,"rss":1234567,"cpu":0.12,
    /// "folded":0,"received":1057}]`.
    func appendWorkers(to text: inout ByteBuffer)
    /// Appends a JSON object of sums since the start.
    func appendTotals(to text: inout ByteBuffer)
    /// Appends a JSON object of how often visitors sample: `{"rate":60,"batch":50,"why":"watched"}`.
    func appendSampling(to text: inout ByteBuffer)
    /// Appends a JSON object of what was refused since the start, by reason.
    func appendRefusals(to text: inout ByteBuffer)
    /// Appends the link for the first admin as a JSON string, while there is one; whether there is.
    func appendInvite(to text: inout ByteBuffer) -> Bool
    /// Appends a JSON array of the newest lines of the log, in at most `limit` bytes (2 or more).
    func appendLog(to text: inout ByteBuffer, limit: Int)
    /// Appends the whole of `/metrics`; the port's own families come from `ViewerGateway.appendMetrics(to:)`.
    func appendMetrics(to text: inout ByteBuffer)
}
