import LiveModel

/// What is asked of the server's workers, each behind a question.
extension Monitor {
    /// Why nothing can be asked of a server elsewhere: whoever watches it is no operator of it.
    static let whyNoDeeds = "this needs the server's own terminal, or pointerscope ctl on its machine"

    /// Asks whether to do it to the worker of that mark: without one to the worker that is chosen, or the
    /// only one.
    mutating func ask(
        _ kind: OperatorDeed.Kind, of mark: Int32? = nil, _ model: borrowing LiveModel, now: Int64
    ) {
        guard configuration.operates else { return say(Self.whyNoDeeds, now: now) }
        let workers = model.status.workers
        guard kind != .reload else {
            overlay = .confirm(OperatorDeed(reloading: workers))
            return
        }
        lookAtWorkersAnew(model)
        let chosen = settings.view == .workers ? workerRows.present : nil
        guard let mark = mark ?? chosen ?? (workers.count == 1 ? workers.first?.mark : nil) else {
            return say("which worker? choose one first, by arrows or a click", now: now)
        }
        guard let worker = workers.first(where: { $0.mark == mark }) else {
            return say("that worker is not there any more", now: now)
        }
        if let why = Self.objection(to: kind, worker, among: workers) { return say(why, now: now) }
        overlay = .confirm(OperatorDeed(kind, worker))
    }

    /// Why that cannot be meant; nil where it can.
    private static func objection(
        to kind: OperatorDeed.Kind, _ worker: WorkerStatus, among workers: [WorkerStatus]
    ) -> String? {
        guard worker.number > 0 else { return "the server does not say which worker that is" }
        // Asked for by number it would be done to the one that has taken its place.
        let heir = workers.last { $0.number == worker.number && $0.mark != worker.mark }
        if let heir, worker.state == "draining" {
            return
                "worker \(worker.number) (pid \(worker.pid)) lets its visitors go; \(heir.pid) has its place"
        }
        if kind == .drain, worker.pid == 0 {
            let mend = worker.state == "errored" ? "; :restart \(worker.number) brings it back" : ""
            return "worker \(worker.number) is \(worker.state): there is nothing to drain\(mend)"
        }
        return nil
    }

    /// The same for a worker that was typed: its number, or its process; empty for the one that is chosen.
    mutating func ask(
        _ kind: OperatorDeed.Kind, typed text: String, _ model: borrowing LiveModel, now: Int64
    ) {
        guard configuration.operates, !text.isEmpty else { return ask(kind, model, now: now) }
        let number = Int(text) ?? 0
        let worker =
            model.status.workers.last { $0.number == number && $0.state == "running" }
            ?? model.status.workers.last { $0.number == number }
            ?? model.status.workers.last { $0.pid > 0 && Int($0.pid) == number }
        guard number > 0, let worker else { return say("there is no worker \(text)", now: now) }
        ask(kind, of: worker.mark, model, now: now)
    }

    /// Does what was asked about, as long as it is about whom it was.
    mutating func confirm(_ model: borrowing LiveModel, now: Int64) -> Command {
        guard case .confirm(let deed) = overlay else { return .none }
        overlay = .none
        let isThere = deed.pid == 0 || model.status.workers.contains { $0.pid == deed.pid }
        guard isThere else {
            say("not done: worker \(deed.number) (pid \(deed.pid)) is gone meanwhile", now: now)
            return .none
        }
        return .operate(deed)
    }

    mutating func dropDeed(now: Int64) {
        guard case .confirm(let deed) = overlay else { return }
        overlay = .none
        say("not done: \(deed.words)", now: now)
    }

    /// Whether something is asked, so that the next key is the answer.
    var isAsking: Bool {
        switch overlay {
        case .question, .confirm: true
        case .none, .prompt, .command, .help, .menu, .incidents, .popup, .card: false
        }
    }

    /// Whether the last row is needed for what is typed or asked.
    public var needsLastRow: Bool {
        switch overlay {
        case .prompt, .command: true
        default: isAsking
        }
    }
}
