import BroadcastHub
import ByteCore
import HTTPWire
import PosixIO

/// Answers that are made once for many.
extension ViewerGateway {
    /// Has a connection wait for a shared answer.
    func wait(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, for answer: SharedAnswer,
        withBody: Bool
    ) {
        unsafe connection.pointee.exchange.awaited = (answer, withBody)
        demands[answer.rawValue].waiting.append(token)
    }

    /// Makes what is asked for and due, a bounded piece of it; who it is for can go on then.
    func makeSharedAnswers(_ poller: borrowing Poller, now: Int64) {
        if isDue(.metrics, now: now) {
            begin(.metrics, now: now)
            var text = ByteBuffer(capacity: expectedBytes(of: .metrics))
            source?.appendMetrics(to: &text)
            demands[SharedAnswer.metrics.rawValue].length = text.count
            // How the server does can be found out whatever others hold.
            deliver(text, ContentType.metrics, in: metricsBudget, to: served(.metrics), poller, now: now)
        }
        makeScopedStates(poller, now: now)
        if draft == nil, isDue(.state, now: now) {
            begin(.state, now: now)
            draft = StateDraft(expectedBytes: expectedBytes(of: .state))
        }
        guard draft?.advance(by: Limits.stepsPerTurn, hub, now: now) == true, let made = draft.take() else {
            return
        }
        let text = made.finished(present: hub.presentCount) { appendServer(to: &$0) }
        demands[SharedAnswer.state.rawValue].length = text.count
        deliver(text, ContentType.json, in: answerBudget, to: served(.state), poller, now: now)
    }

    /// Those whom an answer was made for; nobody from then on.
    private func served(_ answer: SharedAnswer) -> [Token] {
        defer { demands[answer.rawValue].served = [] }
        return demands[answer.rawValue].served
    }

    /// Whether a shared answer is being made, or could be.
    func isMaking(now: Int64) -> Bool {
        draft != nil || SharedAnswer.allCases.contains { isDue($0, now: now) }
            || scopedStates.contains { $0.isDue(now: now) }
    }

    /// When the next shared answer that somebody waits for may be begun.
    var nextSharedAnswerAt: Int64? {
        (demands + scopedStates.map(\.demand)).lazy.filter { !$0.waiting.isEmpty }.map(\.nextAt).min()
    }

    private func isDue(_ answer: SharedAnswer, now: Int64) -> Bool {
        let demand = demands[answer.rawValue]
        return !demand.waiting.isEmpty && (now >= demand.nextAt || stopDeadline != nil)
    }

    private func begin(_ answer: SharedAnswer, now: Int64) {
        demands[answer.rawValue].nextAt = now + Limits.sharedAnswerNanoseconds
        demands[answer.rawValue].served = demands[answer.rawValue].waiting
        demands[answer.rawValue].waiting.removeAll()
    }

    /// A little more than the last one's, so that growing does not take twice the memory.
    private func expectedBytes(of answer: SharedAnswer) -> Int {
        let last = demands[answer.rawValue].length ?? 4096
        return last + last / 16
    }

    /// Gives a text to those it was made for.
    func deliver(
        _ text: consuming ByteBuffer, _ contentType: StaticString, in budget: ByteBudget,
        to receivers: [Token], _ poller: borrowing Poller, now: Int64
    ) {
        makeMemory(for: text.capacity, in: budget, poller, now: now)
        if let body = SharedBody(text, budget) {
            deliver(Reply(.ok, contentType, body: .shared(body)), to: receivers)
        } else {
            counters.answersRefused += UInt64(receivers.count)
            deliver(
                Reply(.serviceUnavailable, line: "too many answers are waiting to be read"), to: receivers)
        }
    }

    func deliver(_ reply: Reply, to receivers: [Token]) {
        for token in receivers {
            guard let connection = unsafe connections.find(token),
                let awaited = unsafe connection.pointee.exchange.awaited
            else { continue }
            unsafe connection.pointee.exchange.awaited = nil
            unsafe send(reply, connection, withBody: awaited.withBody)
            enqueue(token)
        }
    }

    /// Where there is no room for `bytes`, closes connections that keep memory for something they should long
    /// have done with, until there is: an answer that they do not take, a request that they do not end.
    func makeMemory(
        for bytes: Int, in budget: ByteBudget, _ poller: borrowing Poller, now: Int64
    ) {
        guard bytes > 0, !budget.hasRoom(for: bytes), now >= nextReclaimAt else { return }
        nextReclaimAt = now + Limits.reclaimNanoseconds
        var next = idleness.idlest
        while let slot = next, !budget.hasRoom(for: bytes) {
            next = idleness.busier(than: slot)
            guard let place = unsafe connections.at(Int(slot)),
                unsafe place.element.pointee.phase == .requests,
                unsafe place.element.pointee.exchange.isHolding,
                unsafe now - place.element.pointee.since >= Limits.busyNanoseconds
            else { continue }
            counters.connectionsEvicted += 1
            unsafe close(token(slot, place.generation), .gone, poller)
        }
    }
}
