import BroadcastHub
import ByteCore

/// The answer of `/api/state` while it is being made, a bounded piece each turn of the loop.
struct StateDraft: ~Copyable {
    private var ranking: VisitorRanking
    private var isRanked = false
    private var place = 0
    /// Visitors that stand in it.
    private var listed = 0
    private var text: ByteBuffer

    /// Begins one that will have about `expectedBytes`.
    init(
        _ ranking: consuming VisitorRanking = VisitorRanking(limit: Limits.listedVisitors), expectedBytes: Int
    ) {
        self.ranking = ranking
        text = ByteBuffer(capacity: expectedBytes)
        text.append("{\"visitors\":[")
    }

    /// The scope that it is held to; nil where it is of everyone.
    var scope: ScopeNumber? { ranking.scope }

    /// Goes on for about `steps` entries of the hub; true when every visitor stands in it.
    mutating func advance(by steps: Int, _ hub: BroadcastHub, now: Int64) -> Bool {
        var left = steps
        if !isRanked {
            isRanked = hub.advance(&ranking, by: steps, now: now)
            // Where there are few, one turn does all of it.
            left -= min(steps, ranking.count)
        }
        while isRanked, left > 0, place < ranking.count {
            if let visitor = hub.visitor(at: place, of: ranking) {
                Self.append(visitor, to: &text)
                listed += 1
            }
            place += 1
            left -= Limits.stepsPerListedVisitor
        }
        return isRanked && place == ranking.count
    }

    /// The visitors' text, ended, with what `finish` appends behind it. Where more are `present` than are
    /// listed, it says how many are not.
    consuming func finished(present: Int, _ finish: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var text = text
        // Each visitor ends with a comma.
        if ranking.count > 0, unsafe text.readable.last == UInt8(ascii: ",") { text.truncate(by: 1) }
        text.append("],")
        if ranking.count >= Limits.listedVisitors, present > listed {
            text.append("\"unlisted\":")
            text.appendDecimal(present - listed)
            text.append(",")
        }
        finish(&text)
        text.append("}\n")
        return text
    }

    private static func append(_ visitor: VisitorState, to text: inout ByteBuffer) {
        text.append("{\"id\":")
        unsafe text.append(visitor.idJSON)
        text.append(",\"since\":")
        text.appendDecimal(visitor.sinceMilliseconds)
        text.append(",\"last\":")
        text.appendDecimal(visitor.lastMilliseconds)
        text.append(",\"rate\":")
        text.appendNumber(visitor.rate)
        text.append(",\"page\":")
        if let page = unsafe visitor.pageJSON { unsafe text.append(page) } else { text.append("null") }
        if let name = unsafe visitor.nameJSON {
            text.append(",\"name\":")
            unsafe text.append(name)
        }
        text.append(",\"worker\":")
        text.appendDecimal(Int64(visitor.processID))
        text.append("},")
    }
}
