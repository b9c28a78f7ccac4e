import AccessControl
import BroadcastHub
import ByteCore
import FramesShape
import HTTPWire
import PosixIO
public import RateControl
import Telemetry

/// What those who watch have a use for, and whom they look at closely.
extension ViewerGateway {
    /// What those who watch can show, and how they get on, where so many samples a second come for all of
    /// them; this server's own terminal is one of them.
    public func demand(samplesPerSecond: Double, now: Int64) -> ViewerDemand {
        var demand = ViewerDemand()
        for round in [samplesRound, framesRound] {
            for viewer in round.viewers {
                guard let idle = idleNanoseconds(of: viewer, now: now),
                    let figures = hub.figures(of: viewer.id, now: now)
                else { continue }
                // Half a second of what comes lies unread, and something is taken now and then.
                let isBehind =
                    viewer.isBlocked && idle < RateLimits.stalledNanoseconds
                    && Double(figures.behind) > samplesPerSecond / 2
                let behind = isBehind ? figures.behind : nil
                Self.add(figures.shape, behind: behind, to: &demand)
            }
        }
        // They have what there is with each answer.
        for poll in polls {
            if let figures = hub.figures(of: poll.id, now: now) {
                Self.add(figures.shape, behind: nil, to: &demand)
            }
        }
        if polls.isEmpty, isPolled { Self.add(polledShape, behind: nil, to: &demand) }
        return demand
    }

    private static func add(_ shape: ViewerShape, behind: UInt64?, to demand: inout ViewerDemand) {
        switch shape {
        case .samples: demand.addSamples(behind: behind)
        case .frames(let rate): demand.addFrames(hertz: rate.hertz, behind: behind)
        }
    }

    /// The visitors that somebody looks at closely: who are present, on pages that whoever looks may watch.
    /// Nobody is there twice.
    public func looks(now: Int64) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for round in [framesRound, samplesRound] {
            for viewer in round.viewers {
                guard let connection = unsafe connections.find(viewer.connection),
                    unsafe !connection.pointee.look.isEmpty, idleNanoseconds(of: viewer, now: now) != nil
                else { continue }
                let id = unsafe connection.pointee.look
                let isThere = unsafe id.withUnsafeBytes { unsafe hub.isPresent($0, for: viewer.id) }
                if isThere, !found.contains(id) { found.append(id) }
            }
        }
        return found
    }

    /// For how long a viewer's kernel has taken nothing of what there is; nil where it seems that nobody
    /// looks any more, or the stream is about to end.
    private func idleNanoseconds(of viewer: Viewer, now: Int64) -> Int64? {
        guard let connection = unsafe connections.find(viewer.connection),
            unsafe connection.pointee.farewell == nil
        else { return nil }
        let idle = unsafe viewer.isBlocked ? now - connection.pointee.progress : 0
        return idle < RateLimits.absentNanoseconds ? idle : nil
    }

    /// Takes in whom a stream's viewer looks at; empty for nobody.
    func look(at id: [UInt8], _ connection: UnsafeMutablePointer<Connection>) {
        guard unsafe connection.pointee.look != id else { return }
        unsafe connection.pointee.look = id
        audienceChanges &+= 1
    }

    // MARK: POST /api/look

    /// Whether a path as it was sent is the one that looks go to, below the base path or not.
    func isLook(_ path: UnsafeRawBufferPointer) -> Bool {
        let route: StaticString = "/api/look"
        let end = unsafe UnsafeRawBufferPointer(rebasing: path.suffix(route.utf8CodeUnitCount))
        return unsafe end.isEqual(to: route)
    }

    /// Hears whom the viewer of a stream looks at, from whoever opened the stream: it holds for as long as
    /// that is open.
    ///
    /// The stream is named by a word that its viewer chose and nobody else knows, and is one of the same
    /// session, token or name. A browser's page is told from others by its Origin and its session's code, as
    /// with all requests that change something. Whether the visitor is there, and on pages that may be
    /// watched, makes no difference to the answer.
    func look(_ asked: borrowing Asked, _ grant: Grant?) -> Outcome {
        guard head.contentLength != nil else {
            return .refusal(Reply(.lengthRequired, line: "a look says how long it is: Content-Length"))
        }
        guard (head.contentLength ?? 0) <= Limits.lookBytes else {
            return .refusal(Reply(.contentTooLarge, line: "a look has at most 1 KiB"))
        }
        guard unsafe head.fields.hasMediaType("application/json", in: asked.request) else {
            return .refusal(Reply(.unsupportedMediaType, line: "this takes application/json"))
        }
        guard unsafe comesFromHere(asked.request, mayBeUnnamed: true) else { return refusal(.forged) }
        guard let form = unsafe LookForm(json: asked.form) else { return refusal(.malformed) }
        if let gate, case .session(let key)? = grant?.source,
            !gate.authority.isFormToken(form.code, of: key)
        {
            return refusal(.forged)
        }
        return look(form, grant, now: asked.now)
    }

    private func look(_ form: LookForm, _ grant: Grant?, now: Int64) -> Outcome {
        let streams = streams(named: form.viewer, of: grant)
        guard !streams.isEmpty else { return refusal(.noStream) }
        let heard = streams.filter { token in
            unsafe connections.find(token)?.pointee.lookAllowance.take(now: now) == true
        }
        guard !heard.isEmpty else { return refusal(.tooOften) }
        if let shortage = lookAllowances.take(for: grant?.name, now: now) {
            return refusal(LookRefusal(shortage))
        }
        // At nobody, or at whom another stream looks already, is never too much.
        let others = looks(of: grant, without: heard)
        if !form.id.isEmpty, others.count >= Limits.looksOfName, !others.contains(form.id) {
            return refusal(.tooMany)
        }
        for token in heard {
            guard let connection = unsafe connections.find(token) else { continue }
            unsafe look(at: form.id, connection)
        }
        return .reply(Reply(.noContent))
    }

    /// Whom the streams of one person look at, however they were let in, but for some of the streams.
    private func looks(of grant: Grant?, without some: [Token]) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for round in [framesRound, samplesRound] {
            for viewer in round.viewers where !viewer.isFront && !some.contains(viewer.connection) {
                guard let connection = unsafe connections.find(viewer.connection),
                    unsafe connection.pointee.grant?.name == grant?.name,
                    unsafe !connection.pointee.look.isEmpty
                else { continue }
                unsafe found.insert(connection.pointee.look)
            }
        }
        return found
    }

    private func refusal(_ why: LookRefusal) -> Outcome {
        counters.count(why)
        return .refusal(why.reply)
    }

    /// The streams of that name which the same grant opened: one, and those that it replaced and whose end
    /// nobody has noticed yet.
    func streams(named word: [UInt8], of grant: Grant?) -> [Token] {
        guard unsafe word.withUnsafeBytes({ unsafe StreamRequest.isWord($0) }) else { return [] }
        var found: [Token] = []
        for round in [framesRound, samplesRound] {
            for viewer in round.viewers where !viewer.isFront {
                guard let connection = unsafe connections.find(viewer.connection),
                    unsafe connection.pointee.word == word,
                    unsafe connection.pointee.grant?.source == grant?.source,
                    unsafe connection.pointee.grant?.name == grant?.name
                else { continue }
                found.append(viewer.connection)
            }
        }
        return found
    }

    func appendLooks(to text: inout ByteBuffer) {
        let refused: StaticString = "pointerscope_looks_refused_total"
        text.appendMetricFamily(
            refused, .counter, help: "Times it was not heard whom somebody looks at, by reason.")
        for refusal in LookRefusal.allCases {
            text.appendMetric(
                refused, label: ("reason", "\(refusal.word)"), counters.looks[refusal.rawValue])
        }
    }
}
