import LiveModel

/// What is typed behind `:`.
extension Monitor {
    mutating func performCommand(
        _ action: MonitorAction, _ model: inout LiveModel, now: Int64
    ) -> Command {
        switch action {
        case .command(let text): overlay = .command(TypedCommand(text))
        case .dropCommand: overlay = .none
        case .complete: complete(&model)
        case .runCommand:
            guard case .command(let line) = overlay else { break }
            overlay = .none
            return run(line.prompt.text, &model, now: now)
        case .copy: return copy(model, now: now)
        default: break
        }
        return .none
    }

    // MARK: Running

    private mutating func run(_ text: String, _ model: inout LiveModel, now: Int64) -> Command {
        let (word, rest) = Self.parts(of: text)
        guard !word.isEmpty else { return .none }
        guard let name = CommandName.named(word) else {
            // The name of a view does for all of it.
            if let view = Self.view(named: word), rest.isEmpty {
                show(view)
            } else {
                say(":\(word): no such command, Tab shows them", now: now)
            }
            return .none
        }
        // Whoever adds something means something by it.
        guard rest.isEmpty || !name.argument.isEmpty || name == .reload else {
            say(":\(name.rawValue) takes nothing behind it, and this is: \(rest)", now: now)
            return .none
        }
        switch name {
        case .view:
            if let view = Self.view(named: rest) { show(view) } else { complain(name, rest, now: now) }
        case .page: showPage(rest, &model, now: now)
        case .visitor: showVisitor(rest, &model, now: now)
        case .worker: showVisitors(ofWorker: rest, model, now: now)
        case .filter: showHere(filter: rest)
        case .sort: sort(by: rest, now: now)
        case .theme:
            if Theme.names.contains(rest) { choose(theme: rest) } else { complain(name, rest, now: now) }
        case .rate:
            guard let rate = Int(rest), MonitorSettings.pictureRates.contains(rate) else {
                complain(name, rest, now: now)
                break
            }
            choose(rate: rate, now: now)
        case .write: return write(rest, now: now)
        case .copy: return copy(model, now: now)
        case .pause: return perform(.pause, &model, now: now)
        case .settings: return perform(.menu, &model, now: now)
        case .incidents: return perform(.incidents, &model, now: now)
        case .help: return perform(.help, &model, now: now)
        case .drain: ask(.drain, typed: rest, model, now: now)
        case .restart: ask(.restart, typed: rest, model, now: now)
        case .reload:
            guard rest.isEmpty else {
                say(":reload replaces every worker, :restart \(rest) one of them", now: now)
                break
            }
            ask(.reload, model, now: now)
        case .detach:
            guard configuration.canDetach else {
                say("there is nothing to detach from: quit leaves the server running", now: now)
                break
            }
            return .detach
        case .quit: return perform(.quit, &model, now: now)
        }
        return .none
    }

    /// A command's first word and what stands behind it.
    private static func parts(of text: String) -> (word: String, rest: String) {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        let rest = words.count > 1 ? words[1].drop { $0 == " " } : ""
        let end = rest.lastIndex { $0 != " " }.map { rest.index(after: $0) } ?? rest.startIndex
        return (words.first.map(String.init) ?? "", String(rest[..<end]))
    }

    private static func view(named word: String) -> MonitorView? {
        let like =
            word.isEmpty ? [] : MonitorView.allCases.filter { $0.rawValue.hasPrefix(word.lowercased()) }
        return like.count == 1 ? like[0] : nil
    }

    private mutating func complain(_ name: CommandName, _ rest: String, now: Int64) {
        let known = words(for: name).joined(separator: ", ")
        let what = rest.isEmpty ? "needs one of" : "\(rest) is none of"
        say(":\(name.rawValue) \(what) \(known)", now: now)
    }

    private mutating func showPage(_ text: String, _ model: inout LiveModel, now: Int64) {
        guard !text.isEmpty else { return sayWhatIsMissing(.page, now: now) }
        var pages: [PageActivity] = []
        let filter = Self.filter(forPage: text)
        let count = model.pages(
            matching: VisitorFilter(parsing: filter, of: .pages), order: .visitors, from: 0, count: 1,
            into: &pages)
        guard count > 0 else { return say("nobody is on the page \(text)", now: now) }
        lead(to: .map)
        show(filter: filter)
    }

    private mutating func sayWhatIsMissing(_ name: CommandName, now: Int64) {
        say(":\(name.rawValue) \(name.argument): which one? Tab behind a blank shows them", now: now)
    }

    private mutating func showVisitor(_ id: String, _ model: inout LiveModel, now: Int64) {
        guard !id.isEmpty else { return sayWhatIsMissing(.visitor, now: now) }
        var found: Int?
        model.forEachVisitor { slot, _ in
            if found == nil, model.id(of: slot) == id || model.name(of: slot) == id { found = slot }
        }
        guard let found, let mark = VisitorMark(found, in: model) else {
            return say("there is no visitor \(id)", now: now)
        }
        choose(mark, &model)
        visitorRows.follow()
        openChosen(model)
    }

    private mutating func showVisitors(ofWorker text: String, _ model: borrowing LiveModel, now: Int64) {
        guard !text.isEmpty else { return sayWhatIsMissing(.worker, now: now) }
        guard let pid = Int32(text), pid > 0, model.status.workers.contains(where: { $0.pid == pid }) else {
            return say("there is no worker \(text)", now: now)
        }
        lead(to: .overview)
        show(filter: "worker:\(pid)")
    }

    private mutating func sort(by word: String, now: Int64) {
        guard let order = ListOrder(word, in: settings.view) else {
            if words(for: .sort).isEmpty { return say("there is nothing to sort in this view", now: now) }
            return complain(.sort, word, now: now)
        }
        settings.sort(by: order)
    }

    private mutating func write(_ rest: String, now: Int64) -> Command {
        let (word, name) = Self.parts(of: rest)
        if let format = PictureFormat(rawValue: word) ?? (word.isEmpty ? .text : nil) {
            return .write(format, name: name)
        }
        // A name that says what it is.
        if name.isEmpty, let format = PictureFormat.allCases.first(where: { word.hasSuffix(".\($0.suffix)") })
        {
            return .write(format, name: word)
        }
        complain(.write, word, now: now)
        return .none
    }

    /// What `y` copies: whoever or whatever is chosen, else where the server can be watched.
    private mutating func copy(_ model: borrowing LiveModel, now: Int64) -> Command {
        var text = ""
        switch settings.view {
        case .overview, .map, .visitor:
            if let chosen, chosen.isPresent(in: model) { text = model.id(of: chosen.slot) }
        case .pages:
            if let page = pageRows.chosen, page.isPresent(in: model) { text = page.text(in: model) }
        case .workers: text = workerRows.present.flatMap { $0 > 0 ? String($0) : nil } ?? ""
        case .health: break
        }
        if text.isEmpty { text = address(of: model) }
        guard !text.isEmpty else {
            say("there is nothing to copy yet", now: now)
            return .none
        }
        return .copy(Self.harmless(text))
    }

    /// Without what acts where it is pasted, or shows another text than it is: controls, ends of lines, and
    /// marks that turn the direction of writing.
    static func harmless(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Where the server is, for browsers: as it says itself, else as it was asked for; without a last slash.
    func address(of model: borrowing LiveModel) -> String {
        let address =
            !model.status.publicURL.isEmpty
            ? model.status.publicURL : configuration.title ?? "http://\(model.status.httpAddress)"
        // Not one of a socket in the file system.
        guard address.hasPrefix("http"), !address.hasPrefix("http://unix:"), address != "http://" else {
            return ""
        }
        return address.hasSuffix("/") ? String(address.dropLast()) : address
    }

    // MARK: Completing

    private mutating func complete(_ model: inout LiveModel) {
        guard case .command(var line) = overlay else { return }
        if line.offerNext() {
            overlay = .command(line)
            return
        }
        let text = line.prompt.text
        let typed = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        if typed.count < 2 {
            let words = CommandName.allCases.filter { configuration.canDetach || $0 != .detach }
                .map { $0.argument.isEmpty ? $0.rawValue : $0.rawValue + " " }
            line.complete(words.filter { $0.hasPrefix(text) }, from: 0)
        } else if let name = CommandName.named(String(typed[0])) {
            let start = typed[0].unicodeScalars.count + 1
            line.complete(candidates(for: name, &model).filter { $0.hasPrefix(typed[1]) }, from: start)
        }
        overlay = .command(line)
    }

    /// The words that may stand behind a command, where they are always the same.
    private func words(for name: CommandName) -> [String] {
        switch name {
        case .view: MonitorView.allCases.map(\.rawValue)
        case .sort: ListOrder.words(in: settings.view)
        case .theme: Theme.names
        case .rate: MonitorSettings.pictureRates.map(String.init)
        case .write: PictureFormat.allCases.map(\.rawValue)
        default: []
        }
    }

    /// The same, and the visitors, pages and workers of now.
    private func candidates(for name: CommandName, _ model: inout LiveModel) -> [String] {
        switch name {
        case .page:
            var pages: [PageActivity] = []
            _ = model.pages(order: .visitors, from: 0, count: Limits.candidates, into: &pages)
            return pages.filter { $0.index >= 0 }.map { model.pageText($0.index) }
        case .visitor:
            var rows: [RankedVisitor] = []
            _ = model.visitors(matching: VisitorQuery(), from: 0, count: Limits.candidates, into: &rows)
            return rows.map { model.id(of: $0.slot) }
        case .worker: return model.status.workers.filter { $0.pid > 0 }.map { String($0.pid) }
        case .drain, .restart:
            // One that is being replaced is there twice.
            var numbers: [Int] = []
            for worker in model.status.workers where worker.number > 0 && !numbers.contains(worker.number) {
                numbers.append(worker.number)
            }
            return numbers.map { String($0) }
        default: return words(for: name)
        }
    }
}
