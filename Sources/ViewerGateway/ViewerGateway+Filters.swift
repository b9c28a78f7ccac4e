import AccessControl
import BroadcastHub
import ByteCore
import HTTPWire
import PosixIO
import Telemetry

/// Streams whose viewers want to see others from now on.
extension ViewerGateway {
    /// Whether a path as it was sent is one that filters go to, below the base path or not.
    func isFilter(_ path: UnsafeRawBufferPointer) -> Bool {
        let ending: StaticString = "/filter"
        let end = unsafe UnsafeRawBufferPointer(rebasing: path.suffix(ending.utf8CodeUnitCount))
        return unsafe end.isEqual(to: ending)
    }

    /// Gives a stream another filter, as whoever opened it asks: what follows begins with a keyframe or a
    /// reset.
    ///
    /// The stream is named, and who may change it is told from others, as with a look.
    func refilter(_ asked: borrowing Asked, _ grant: Grant?) -> Outcome {
        guard head.contentLength != nil else {
            return .refusal(Reply(.lengthRequired, line: "a filter says how long it is: Content-Length"))
        }
        guard (head.contentLength ?? 0) <= Limits.filterBytes else {
            return .refusal(Reply(.contentTooLarge, line: "a filter has at most 16 KiB"))
        }
        guard unsafe head.fields.hasMediaType("application/json", in: asked.request) else {
            return .refusal(Reply(.unsupportedMediaType, line: "this takes application/json"))
        }
        guard unsafe comesFromHere(asked.request, mayBeUnnamed: true) else { return refusal(.forged) }
        guard let form = unsafe FilterForm(json: asked.form) else { return refusal(.malformed) }
        if let gate, case .session(let key)? = grant?.source,
            !gate.authority.isFormToken(form.code, of: key)
        {
            return refusal(.forged)
        }
        do throws(FilterRefusal) {
            let filter = try StreamFilter(pages: form.pages, visitors: form.visitors)
            return refilter(form.viewer, to: filter.isEmpty ? nil : filter, grant, now: asked.now)
        } catch {
            counters.count(FilterOutcome(error))
            return .refusal(Reply(.badRequest, line: error.reason))
        }
    }

    private func refilter(_ word: [UInt8], to filter: StreamFilter?, _ grant: Grant?, now: Int64) -> Outcome {
        let streams = streams(named: word, of: grant)
        guard !streams.isEmpty else { return refusal(.noStream) }
        let heard = streams.filter { token in
            unsafe connections.find(token)?.pointee.filterAllowance.take(now: now) == true
        }
        guard !heard.isEmpty else { return refusal(.tooOften) }
        for token in heard {
            guard let connection = unsafe connections.find(token), let round = unsafe connection.pointee.round
            else { continue }
            let place = unsafe connection.pointee.place
            if let why = whyNot(filter, grant, now: now) { return refusal(why) }
            do throws(ScopeRefusal) {
                round.viewers[place].id = try hub.refilter(round.viewers[place].id, to: filter, now: now)
            } catch {
                return refusal(.noRoom)
            }
            round.viewers[place].isPaced = paces(round.viewers[place].id, in: round)
            round.isDue = true
        }
        return .reply(Reply(.noContent))
    }

    private func refusal(_ why: FilterOutcome) -> Outcome {
        counters.count(why)
        return .refusal(why.reply)
    }

    func appendFilters(to text: inout ByteBuffer, _ hub: HubCounters) {
        text.appendMetric(
            "pointerscope_viewer_filters", .gauge,
            help: "Different filters kept, for viewers and for those who may come back.",
            UInt64(clamping: self.hub.filterCount))
        text.appendMetric(
            "pointerscope_viewer_filter_changes_total", .counter,
            help: "Times an event stream got another filter.", hub.filterChanges)
        let refused: StaticString = "pointerscope_viewer_filters_refused_total"
        text.appendMetricFamily(refused, .counter, help: "Filters and changes of them refused, by reason.")
        for refusal in FilterOutcome.allCases {
            text.appendMetric(
                refused, label: ("reason", "\(refusal.word)"), counters.filters[refusal.rawValue])
        }
    }
}
