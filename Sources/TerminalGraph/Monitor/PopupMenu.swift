import LiveModel

/// What can be done with what was pointed at, as a list to choose from.
struct PopupMenu: Equatable, Sendable {
    /// A line of it.
    struct Entry: Equatable, Sendable {
        enum Deed: Equatable, Sendable {
            case action(MonitorAction)
            case path(VisitorMark)
            case map(VisitorMark)
            case page(String)
            case worker(Int32)
            case visitors(worker: Int32)
            case viewer(ViewerMark)
            case show(MonitorView)
            case sort(Int)
            case mark(Int)
            case unmark
            case unselect
            case copy(String)
            /// To be asked about; of the worker of that mark, or nil for all.
            case operate(OperatorDeed.Kind, Int32?)
        }

        var text: String
        /// The key that does the same; empty for none.
        var key = ""
        var deed: Deed
    }

    /// What it is about.
    var title: String
    var entries: [Entry]
    /// The cell that was pointed at.
    var row: Int
    var column: Int
    private(set) var place = 0

    init(title: String, entries: [Entry], row: Int, column: Int) {
        self.title = title
        self.entries = entries
        self.row = row
        self.column = column
    }

    var entry: Entry? { entries.indices.contains(place) ? entries[place] : nil }

    mutating func choose(_ place: Int) { self.place = min(max(place, 0), max(entries.count - 1, 0)) }

    mutating func move(_ motion: MonitorAction.Motion) {
        let last = max(entries.count - 1, 0)
        switch motion {
        case .rows(let count): choose(place + min(max(count, -entries.count), entries.count))
        case .halfPages(let count), .pages(let count): choose(count < 0 ? 0 : last)
        case .first: choose(0)
        case .last: choose(last)
        }
    }
}

/// A viewer of the server's, told from others of the same name by when it came.
struct ViewerMark: Equatable, Sendable {
    var name: String
    var shape: String
    /// Seconds since the server's start when it came.
    private var since: Double

    /// How far two statuses may be apart in what they make of it.
    private static let tolerance = 1.5

    init(_ viewer: AudienceMember, in status: ServerStatus) {
        name = viewer.name
        shape = viewer.shape
        since = status.uptimeSeconds - viewer.ageSeconds
    }

    /// What is known of it now; nil where it is not listed any more.
    func find(in status: ServerStatus) -> AudienceMember? {
        status.audience.first { viewer in
            viewer.name == name && viewer.shape == shape
                && (status.uptimeSeconds - viewer.ageSeconds - since).magnitude <= Self.tolerance
        }
    }
}
