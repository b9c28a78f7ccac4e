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
            deliver(text, .metrics, ContentType.metrics, poller, now: now)
        }
        if draft == nil, isDue(.state, now: now) {
            begin(.state, now: now)
            draft = StateDraft(expectedBytes: expectedBytes(of: .state))
        }
        guard draft?.advance(by: Limits.stepsPerTurn, hub, now: now) == true, let made = draft.take() else {
            return
        }
        let text = made.finished { appendServer(to: &$0) }
        deliver(text, .state, ContentType.json, poller, now: now)
    }

    /// Whether a shared answer is being made, or could be.
    func isMaking(now: Int64) -> Bool {
        draft != nil || SharedAnswer.allCases.contains { isDue($0, now: now) }
    }

    /// When the next shared answer that somebody waits for may be begun.
    var nextSharedAnswerAt: Int64? {
        demands.lazy.filter { !$0.waiting.isEmpty }.map(\.nextAt).min()
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

    private func deliver(
        _ text: consuming ByteBuffer, _ answer: SharedAnswer, _ contentType: StaticString,
        _ poller: borrowing Poller, now: Int64
    ) {
        // How the server does can be found out whatever others hold.
        let budget = answer == .metrics ? metricsBudget : answerBudget
        makeMemory(for: text.capacity, in: budget, poller, now: now)
        demands[answer.rawValue].length = text.count
        let receivers = demands[answer.rawValue].served
        demands[answer.rawValue].served = []
        let reply: Reply
        if let body = SharedBody(text, budget) {
            reply = Reply(.ok, contentType, body: .shared(body))
        } else {
            counters.answersRefused += UInt64(receivers.count)
            reply = Reply(.serviceUnavailable, line: "too many answers are waiting to be read")
        }
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
