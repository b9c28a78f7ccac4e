import ByteCore
import LiveModel
import PointerEvents

/// The picture as one JSON object on a line, for scripts.
///
/// ```
/// {"at":ms,"url":"http://...","link":"live","visitorCount":2,"visitors":[...],"workers":[...],"viewers":1,
///  "totals":{...},"latency":{...},"pages":[...]}
/// ```
/// Visitors and pages stand most active first; keys that are not known are left out.
enum PictureReport {
    static func append(
        _ model: inout LiveModel, url: String?, now: Int64, to text: inout ByteBuffer
    ) {
        model.advance(now: now)
        text.append("{\"at\":")
        text.appendDecimal(model.nowMilliseconds)
        if let url { text.appendMember("url", url) }
        text.appendMember("link", linkWord(model.link))
        text.append(",\"visitorCount\":")
        text.appendDecimal(model.visitorCount)
        appendVisitors(&model, to: &text)
        appendStatus(model.status, to: &text)
        appendPages(&model, to: &text)
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

    private static func appendVisitors(_ model: inout LiveModel, to text: inout ByteBuffer) {
        var rows: [RankedVisitor] = []
        _ = model.visitors(matching: VisitorQuery(), from: 0, count: .max, into: &rows)
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

    private static func appendStatus(_ status: ServerStatus, to text: inout ByteBuffer) {
        text.append(",\"workers\":[")
        for (index, worker) in status.workers.enumerated() {
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

    private static func appendPages(_ model: inout LiveModel, to text: inout ByteBuffer) {
        var rows: [PageActivity] = []
        _ = model.pages(order: .rate, from: 0, count: .max, into: &rows)
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
