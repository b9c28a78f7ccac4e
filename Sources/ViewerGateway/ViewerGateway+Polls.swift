import AccessControl
import BroadcastHub
import ByteCore
import FramesShape
import HTTPWire
import PosixIO
import Telemetry

/// Viewers whom no stream reaches: each of their requests is answered when there is something, with the
/// messages of the stream, and the next one says up to where they have them.
///
/// Nothing is kept of them in between but that somebody polls, for whoever asks whether anybody watches.
extension ViewerGateway {
    /// Has a connection wait for what comes next.
    func wait(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, for wanted: StreamRequest,
        _ poller: borrowing Poller, now: Int64
    ) -> Bool {
        guard let id = unsafe attach(wanted, connection, isPoll: true, now: now) else { return false }
        let hasCursor = wanted.resume != .head
        var gathering: Int64 = 0
        if hasCursor {
            gathering =
                switch wanted.shape {
                case .samples: Limits.pollGatherNanoseconds
                case .frames(let rate): Limits.second / Int64(rate.hertz)
                }
        }
        let isAnchored = hasCursor || wanted.shape != .samples
        let patience = isAnchored ? Limits.pollNanoseconds : Limits.pollHeadNanoseconds
        polls.append(
            Poll(
                connection: token, id: id, readyAt: now + gathering, endsAt: now + patience,
                hasCursor: isAnchored))
        unsafe connection.pointee.exchange.awaitsPoll = true
        unsafe connection.pointee.grant = wanted.grant
        if let name = wanted.grant?.name { count(name, by: 1) }
        // It keeps its seat as long as it waits, as a stream does.
        idleness.remove(token.index)
        if !isPolled {
            isPolled = true
            audienceChanges &+= 1
            nextStatus = now
        }
        polledShape = wanted.shape
        polledAt = now
        watch(token, for: .peerClosed, poller)
        return true
    }

    /// Answers those for whom there is something, or who have waited long enough.
    func servePolls(_ poller: borrowing Poller, now: Int64) {
        var left = Limits.frameBytesPerTurn
        var place = 0
        while place < polls.count, left > 0 {
            let poll = polls[place]
            let isOver = now >= poll.endsAt || stopDeadline != nil || poll.ending != nil
            guard isOver || now >= poll.readyAt && hub.hasAnswer(poll.id) else {
                place += 1
                continue
            }
            var text = ByteBuffer(capacity: 1024)
            let outcome = makeAnswer(to: poll, into: &text, now: now)
            guard isOver || outcome != .nothing else {
                place += 1
                continue
            }
            left -= max(text.count, Limits.bytesPerRequest)
            finish(place, text, outcome, poller, now: now)
        }
        nextPollAt = nextPoll()
    }

    /// Answers everybody who waits with what there is, be it nothing.
    func endAllPolls(_ poller: borrowing Poller, now: Int64) {
        while let poll = polls.last {
            var text = ByteBuffer(capacity: 1024)
            let outcome = makeAnswer(to: poll, into: &text, now: now)
            finish(polls.count - 1, text, outcome, poller, now: now)
        }
        nextPollAt = nil
    }

    private func makeAnswer(to poll: Poll, into text: inout ByteBuffer, now: Int64) -> PollOutcome {
        if let why = poll.ending {
            appendSignedOut(why, to: &text)
            return .signedOut
        }
        hub.answer(poll.id, into: &text, limit: Limits.pollBytes, now: now)
        guard text.isEmpty else { return .messages }
        if !poll.hasCursor { hub.appendCursor(of: poll.id, to: &text) }
        return .nothing
    }

    /// When the next poll is to be answered, as things stand; nil where none waits.
    private func nextPoll() -> Int64? {
        polls.lazy.map { self.hub.hasAnswer($0.id) ? min($0.readyAt, $0.endsAt) : $0.endsAt }.min()
    }

    /// Ends the waiting of a poll with an answer.
    private func finish(
        _ place: Int, _ text: consuming ByteBuffer, _ outcome: PollOutcome, _ poller: borrowing Poller,
        now: Int64
    ) {
        let token = polls[place].connection
        forget(place)
        guard let connection = unsafe connections.find(token) else { return }
        unsafe connection.pointee.exchange.awaitsPoll = false
        if let name = unsafe connection.pointee.grant?.name { count(name, by: -1) }
        unsafe connection.pointee.grant = nil
        unsafe noteActivity(connection, token, now: now)
        makeMemory(for: text.capacity, in: answerBudget, poller, now: now)
        if text.isEmpty {
            counters.count(outcome)
            unsafe send(Reply(.ok, ContentType.events), connection, withBody: true)
        } else if let body = SharedBody(text, answerBudget) {
            counters.count(outcome)
            unsafe send(Reply(.ok, ContentType.events, body: .shared(body)), connection, withBody: true)
        } else {
            counters.count(PollOutcome.memory)
            counters.answersRefused += 1
            let reply = Reply(.serviceUnavailable, line: "too many answers are waiting to be read")
            unsafe send(reply, connection, withBody: true)
        }
        enqueue(token)
    }

    /// A poll waits no more.
    private func forget(_ place: Int) {
        hub.detach(polls[place].id, reason: .closed)
        polls.swapAt(place, polls.count - 1)
        polls.removeLast()
    }

    /// The connection of a poll that waits is closed.
    func pollClosed(_ token: Token) {
        guard let place = polls.firstIndex(where: { $0.connection == token }) else { return }
        forget(place)
        counters.count(PollOutcome.gone)
    }

    /// Ends the polls of those of whose grant `reason` says that it is no more; returns how many.
    func endPolls(_ reason: (Grant) -> Ended.Reason?) -> Int {
        var ended = 0
        for place in polls.indices where polls[place].ending == nil {
            guard let connection = unsafe connections.find(polls[place].connection),
                let grant = unsafe connection.pointee.grant, let why = reason(grant)
            else { continue }
            polls[place].ending = why
            gate?.counters.streamsEnded += 1
            ended += 1
        }
        return ended
    }

    /// Notices that nobody polls any more.
    func checkPolling(now: Int64) {
        if !polls.isEmpty { polledAt = now }
        guard isPolled, now - polledAt >= Limits.pollPauseNanoseconds else { return }
        isPolled = false
        audienceChanges &+= 1
    }

    func appendPolls(to text: inout ByteBuffer) {
        text.appendMetric(
            "pointerscope_polls_waiting", .gauge, help: "Long polls that wait for something.",
            UInt64(clamping: polls.count))
        let ended: StaticString = "pointerscope_polls_total"
        text.appendMetricFamily(ended, .counter, help: "Long polls that ended, by what they came to.")
        for outcome in PollOutcome.allCases {
            text.appendMetric(
                ended, label: ("outcome", "\(outcome.word)"), counters.polls[outcome.rawValue])
        }
    }
}
