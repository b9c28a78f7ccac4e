import ByteCore
import LiveModel
import PointerEvents

/// The picture as one JSON object on a line, for scripts.
///
/// ```
/// {"at":ms,"url":"http://...","link":"live","visitorCount":2,"visitors":[...],"workers":[...],"viewers":1,
///  "totals":{...},"latency":{...},"pages":[...],"incidents":[...]}
/// ```
/// Visitors and pages stand most active first where no order was asked for, and a filter holds of its list;
/// `visitorCount` is of everybody. Keys that are not known are left out.
enum PictureReport {
    static func append(
        _ model: inout LiveModel, url: String?, _ look: FirstLook, now: Int64, to text: inout ByteBuffer
    ) {
        model.advance(now: now)
        text.append("{\"at\":")
        text.appendDecimal(model.nowMilliseconds)
        if let url { text.appendMember("url", url) }
        text.appendMember("link", linkWord(model.link))
        text.append(",\"visitorCount\":")
        text.appendDecimal(model.visitorCount)
        appendVisitors(&model, look.visitors, to: &text)
        appendStatus(model.status, workers: look.workers(of: model.status), to: &text)
        appendPages(&model, look, to: &text)
        appendIncidents(model.incidents, to: &text)
        text.append("}\n")
    }

    private static func linkWord(_ link: LinkState) -> String {
        switch link {
        case .connecting: "connecting"
        case .live: "live"
        case .reconnecting: "reconnecting"
        case .ended: "ended"
        }
    }

    private static func appendVisitors(
        _ model: inout LiveModel, _ query: VisitorQuery, to text: inout ByteBuffer
    ) {
        var rows: [RankedVisitor] = []
        _ = model.visitors(matching: query, from: 0, count: .max, into: &rows)
        text.append(",\"visitors\":[")
        for (index, row) in rows.enumerated() {
            guard let visitor = model.visitor(in: row.slot) else { continue }
            text.append(index == 0 ? "{\"id\":" : ",{\"id\":")
            text.appendString(model.id(of: row.slot))
            let page = model.page(of: row.slot)
            if !page.isEmpty { text.appendMember("page", page) }
            text.append(",\"rate\":")
            text.appendNumber(row.rate)
            text.append(",\"since\":")
            text.appendDecimal(visitor.sinceMilliseconds)
            text.append(",\"last\":")
            text.appendDecimal(visitor.lastMilliseconds)
            if visitor.hasPosition {
                text.append(",\"x\":")
                text.appendNumber(visitor.x)
                text.append(",\"y\":")
                text.appendNumber(visitor.y)
                text.append(",\"k\":\"")
                text.append(visitor.kind.word)
                text.append("\"")
            }
            text.append(",\"worker\":")
            text.appendDecimal(Int64(visitor.worker))
            text.append("}")
        }
        text.append("]")
    }

    private static func appendStatus(
        _ status: ServerStatus, workers: [WorkerStatus], to text: inout ByteBuffer
    ) {
        text.append(",\"workers\":[")
        for (index, worker) in workers.enumerated() {
            text.append(index == 0 ? "{\"pid\":" : ",{\"pid\":")
            text.appendDecimal(Int64(worker.pid))
            text.appendMember("state", worker.state)
            text.append(",\"connections\":")
            text.appendDecimal(worker.connections)
            text.append(",\"rate\":")
            text.appendNumber(worker.rate)
            text.append(",\"restarts\":")
            text.appendDecimal(worker.restarts)
            text.append(",\"rss\":")
            text.appendDecimal(worker.memoryBytes)
            // A server of another version may not tell.
            if let cpu = worker.cpu {
                text.append(",\"cpu\":")
                text.appendNumber(cpu)
            }
            if let folded = worker.folded {
                text.append(",\"folded\":")
                text.appendDecimal(folded)
            }
            if let received = worker.received {
                text.append(",\"received\":")
                text.appendDecimal(received)
            }
            text.append("}")
        }
        text.append("],\"viewers\":")
        text.appendDecimal(status.viewers)
        text.append(",\"totals\":{")
        for (index, total) in status.totals.enumerated() {
            if index > 0 { text.append(",") }
            text.appendString(total.name)
            text.append(":")
            text.appendNumber(total.value)
        }
        text.append("},\"latency\":{")
        appendLatency("relayed", status.latency.relayed, isFirst: true, to: &text)
        appendLatency("encoded", status.latency.encoded, isFirst: status.latency.relayed == nil, to: &text)
        text.append("}")
    }

    private static func appendLatency(
        _ name: StaticString, _ figures: LatencyFigures?, isFirst: Bool, to text: inout ByteBuffer
    ) {
        guard let figures else { return }
        text.append(isFirst ? "\"" : ",\"")
        text.append(name)
        text.append("\":{\"p50\":")
        text.appendNumber(figures.p50)
        text.append(",\"p99\":")
        text.appendNumber(figures.p99)
        text.append(",\"max\":")
        text.appendNumber(figures.max)
        text.append("}")
    }

    private static func appendIncidents(_ incidents: [Incident], to text: inout ByteBuffer) {
        text.append(",\"incidents\":[")
        for (index, incident) in incidents.enumerated() {
            text.append(index == 0 ? "{\"at\":" : ",{\"at\":")
            text.appendDecimal(incident.atMilliseconds)
            text.appendMember("kind", incident.kind.rawValue)
            text.appendMember("text", incident.text)
            text.append(incident.isOpen ? ",\"open\":true}" : ",\"open\":false}")
        }
        text.append("]")
    }

    private static func appendPages(_ model: inout LiveModel, _ look: FirstLook, to text: inout ByteBuffer) {
        var rows: [PageActivity] = []
        let (filter, order, isReversed) = look.pages
        _ = model.pages(
            matching: filter, order: order, isReversed: isReversed, from: 0, count: .max, into: &rows)
        text.append(",\"pages\":[")
        for (index, row) in rows.enumerated() {
            text.append(index == 0 ? "{\"page\":" : ",{\"page\":")
            if row.index < 0 { text.append("null") } else { text.appendString(model.pageText(row.index)) }
            text.append(",\"visitors\":")
            text.appendDecimal(row.visitors)
            text.append(",\"rate\":")
            text.appendNumber(row.rate)
            text.append(",\"clicks\":")
            text.appendDecimal(row.clicks)
            text.append("}")
        }
        text.append("]")
    }
}

extension ByteBuffer {
    fileprivate mutating func appendString(_ value: String) {
        var value = value
        value.withUTF8 { unsafe appendJSONString(UnsafeRawBufferPointer($0)) }
    }

    /// `,"name":"value"`.
    fileprivate mutating func appendMember(_ name: StaticString, _ value: String) {
        append(",\"")
        append(name)
        append("\":")
        appendString(value)
    }
}
