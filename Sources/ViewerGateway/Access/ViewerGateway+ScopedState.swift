import BroadcastHub
import ByteCore
import HTTPWire
import PointerEvents
import PosixIO

/// The state of one scope that somebody asks for: shared by all who are held to it, as the whole one is by
/// all others.
final class ScopedState {
    let scope: PageScope
    var demand = Demand()
    var draft: StateDraft?

    init(_ scope: PageScope) { self.scope = scope }

    func isDue(now: Int64) -> Bool { draft != nil || !demand.waiting.isEmpty && now >= demand.nextAt }
}

extension ViewerGateway {
    /// Has a connection wait for the state of a scope.
    func wait(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, forStateWithin scope: PageScope,
        withBody: Bool
    ) {
        unsafe connection.pointee.exchange.awaited = (.state, withBody)
        if let state = scopedStates.first(where: { $0.scope == scope }) {
            state.demand.waiting.append(token)
        } else {
            scopedStates.append(ScopedState(scope))
            scopedStates[scopedStates.count - 1].demand.waiting.append(token)
        }
    }

    /// Goes on with one state that is asked for, the one that waits longest first.
    func makeScopedStates(_ poller: borrowing Poller, now: Int64) {
        guard let index = scopedStates.firstIndex(where: { $0.isDue(now: stopDeadline == nil ? now : .max) })
        else { return scopedStates.removeAll { $0.demand.waiting.isEmpty && now >= $0.demand.nextAt } }
        let state = scopedStates[index]
        if state.draft == nil {
            state.demand.nextAt = now + Limits.sharedAnswerNanoseconds
            state.demand.served = state.demand.waiting
            state.demand.waiting.removeAll()
            do throws(ScopeRefusal) {
                state.draft = StateDraft(
                    try hub.ranking(limit: Limits.listedVisitors, within: state.scope, now: now),
                    expectedBytes: 4096)
            } catch {
                return deliver(
                    Reply(.serviceUnavailable, line: Self.tooManyScopes), to: state.demand.served)
            }
        }
        guard state.draft?.advance(by: Limits.stepsPerTurn, hub, now: now) == true,
            let made = state.draft.take()
        else { return }
        let figures = made.scope.flatMap { hub.figures(of: $0) }
        let text = made.finished(present: figures?.present ?? 0) { text in
            if let figures {
                appendServer(to: &text, within: figures)
            } else {
                text.append("\"workers\":[],\"viewers\":0,\"totals\":{}")
            }
        }
        // Whoever is next has waited longer by now.
        scopedStates.append(scopedStates.remove(at: index))
        deliver(text, ContentType.json, in: answerBudget, to: state.demand.served, poller, now: now)
    }

    static let tooManyScopes: StaticString = "as many scopes as there may be, 16, are being watched"
}
