/// A command that is being typed, and what it can go on with.
struct TypedCommand: Equatable, Sendable {
    private(set) var prompt: MonitorPrompt
    /// What Tab goes through, once it was pressed, and which of these stands in the line.
    private var offered: [String] = []
    private var place: Int?
    /// Where in the line they stand.
    private var start = 0

    init(_ text: String) { prompt = MonitorPrompt(text) }

    /// What was offered for the line as it is.
    var shown: [String] {
        guard let place else { return offered }
        return Array(offered[place...] + offered[..<place])
    }

    /// Changes what is typed; what was offered before is not meant any more.
    mutating func edit(_ change: (inout MonitorPrompt) -> Void) {
        change(&prompt)
        offered = []
        place = nil
    }

    /// Puts in what all of `candidates` begin with; where that is there already, one after the other.
    ///
    /// They are texts for the last part of the line, which begins at `start` scalars.
    mutating func complete(_ candidates: [String], from start: Int) {
        let head = String(String.UnicodeScalarView(prompt.text.unicodeScalars.prefix(start)))
        self.start = start
        offered = candidates
        guard let first = candidates.first else { return }
        guard candidates.count > 1 else {
            prompt = MonitorPrompt(head + first)
            offered = []
            return
        }
        let common = candidates.dropFirst().reduce(first) { Self.common($0, $1) }
        if common.unicodeScalars.count > prompt.text.unicodeScalars.count - start {
            prompt = MonitorPrompt(head + common)
        }
    }

    /// Puts in the next of what is offered; false where there is no choice.
    mutating func offerNext() -> Bool {
        guard !offered.isEmpty else { return false }
        let next = place.map { ($0 + 1) % offered.count } ?? 0
        place = next
        let head = String(String.UnicodeScalarView(prompt.text.unicodeScalars.prefix(start)))
        prompt = MonitorPrompt(head + offered[next])
        return true
    }

    private static func common(_ one: String, _ other: String) -> String {
        var text = String.UnicodeScalarView()
        for (left, right) in zip(one.unicodeScalars, other.unicodeScalars) {
            guard left == right else { break }
            text.append(left)
        }
        return String(text)
    }
}

/// The commands that can be typed behind `:`.
enum CommandName: String, CaseIterable, Sendable {
    case view
    case page
    case visitor
    case worker
    case filter
    case sort
    case theme
    case rate
    case write
    case copy
    case pause
    case settings
    case incidents
    case help
    case drain
    case restart
    case reload
    case detach
    case quit

    /// What stands behind it in the help; empty for nothing.
    var argument: String {
        switch self {
        case .view: "NAME"
        case .page: "PATH"
        case .visitor: "ID"
        case .worker: "PID"
        case .filter: "TERMS"
        case .sort: "COLUMN"
        case .theme: "NAME"
        case .rate: "N"
        case .write: "FORMAT [FILE]"
        case .drain, .restart: "[WORKER]"
        case .copy, .pause, .settings, .incidents, .help, .reload, .detach, .quit: ""
        }
    }

    var does: String {
        switch self {
        case .view: "shows that view"
        case .page: "that page's visitors on the map"
        case .visitor: "that visitor's path"
        case .worker: "that worker's visitors"
        case .filter: "what / does; without terms no filter"
        case .sort: "sorts the table"
        case .theme: "the colours, as T does"
        case .rate: "pictures a second, as < and > do"
        case .write: "text, json, csv or svg of what is seen"
        case .copy: "what y does"
        case .pause: "what p does"
        case .settings: "what e does"
        case .incidents: "what i does"
        case .help: "what ? does"
        case .drain: "a worker gets no more connections"
        case .restart: "a new worker in its place"
        case .reload: "new workers in the place of all"
        case .detach: "what d does"
        case .quit: "what q does"
        }
    }

    /// The command that a word means: its name, or the start of only one.
    static func named(_ word: String) -> CommandName? {
        if let exact = CommandName(rawValue: word) { return exact }
        let like = word.isEmpty ? [] : allCases.filter { $0.rawValue.hasPrefix(word) }
        return like.count == 1 ? like[0] : nil
    }
}
