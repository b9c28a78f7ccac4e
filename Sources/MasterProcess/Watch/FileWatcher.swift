import Glibc
import PosixIO

/// Notices when the program on disk or the configuration is another one than what was read last.
///
/// What the kernel tells (inotify(7)) only says when to look: what a file is now decides. So a file may be
/// written, renamed over, be reached by links that are switched, go and come back with its folder; what is
/// the same again is no change. Where the kernel tells nothing, all is looked at once a second.
final class FileWatcher {
    /// How changes are noticed.
    enum Means: Equatable {
        case notices
        /// A look each second, and why.
        case looks(String)
    }

    /// Of a watch: the names in a directory that matter; all of them where there are none.
    enum Names {
        case these(Set<String>)
        case all
    }

    /// A file that somebody has open, as a name in a directory or as itself.
    struct Unfinished: Hashable {
        let watch: FileNotices.Watch
        let name: String?
    }

    /// The program, where the server was started from.
    let program: String
    /// What else there is to watch, as it is named at this moment.
    let places: () -> WatchedPlaces
    let opening: () throws(SystemError) -> FileNotices
    let token: Token
    var means: Means
    var notices: FileNotices?
    var watches: [FileNotices.Watch: Names] = [:]
    /// Files that somebody has open, who has made them or written into them.
    var unfinished: Set<Unfinished> = []
    private var delay = ChangeDelay()
    /// What was there when it was read last.
    private(set) var known: [String: FilePrint]
    /// What was there at the look before, in a second that is looked at.
    var lastLook: [String: FilePrint] = [:]
    /// What the configuration named when it was read last.
    private var named: Set<String> = []
    var nextLook: Int64 = .max
    /// Something is to be taken that was noticed before this program began.
    private(set) var isOwed = false

    /// Begins to watch; `running` is the program of this process, and what differs from that is a change.
    init(
        program: String, running: borrowing Descriptor, places: @escaping () -> WatchedPlaces, kind: UInt8,
        _ poller: borrowing Poller, now: Int64,
        opening: @escaping () throws(SystemError) -> FileNotices = { () throws(SystemError) in
            try FileNotices()
        }
    ) {
        self.opening = opening
        self.program = program
        self.places = places
        token = Token(kind: kind)
        means = .notices
        known = [:]
        named = places().named
        arm(poller, now: now)
        known = prints()
        known[program] = .program(running)
        if known != prints() { noticed(now: now) }
    }

    /// Stops watching.
    func end(_ poller: borrowing Poller) {
        if let raw = notices?.raw { poller.remove(raw) }
        notices = nil
    }

    /// Every file that is watched.
    var files: [String] { known.keys.sorted() }

    /// When to call `isDue` again.
    var nextDeadline: Int64? {
        if case .looks = means { return min(nextLook, delay.deadline ?? .max) }
        return delay.deadline
    }

    /// Takes what the kernel tells.
    func heard(_ poller: borrowing Poller, now: Int64) {
        var isNews = false
        var mayLeadElsewhere = false
        for _ in 0..<MasterLimits.watchReadsPerTurn {
            guard let batch = notices?.read(), !batch.isEmpty else { break }
            for notice in batch where matters(notice) {
                isNews = true
                mayLeadElsewhere = note(notice) || mayLeadElsewhere
            }
        }
        if mayLeadElsewhere { arm(poller, now: now) }
        if isNews { noticed(now: now) }
    }

    /// Keeps who has what open; returns whether paths may lead elsewhere by now.
    private func note(_ notice: FileNotices.Notice) -> Bool {
        switch notice {
        case .created(let watch, let name):
            unfinished.insert(Unfinished(watch: watch, name: name))
            return true
        case .moved(let watch, let name):
            unfinished.remove(Unfinished(watch: watch, name: name))
            return true
        case .written(let watch):
            unfinished.insert(Unfinished(watch: watch, name: nil))
            return false
        case .closed(let watch, let name):
            unfinished.remove(Unfinished(watch: watch, name: name))
            return false
        case .permitted, .changed, .missed: return true
        }
    }

    private func matters(_ notice: FileNotices.Notice) -> Bool {
        switch notice {
        case .created(let watch, let name), .moved(let watch, let name), .permitted(let watch, let name),
            .closed(let watch, let name?):
            switch watches[watch] {
            case .these(let names): names.contains(name)
            case .all: true
            case nil: false
            }
        case .written(let watch), .closed(let watch, nil), .changed(let watch): watches[watch] != nil
        case .missed: true
        }
    }

    /// Whether something may have changed and has been quiet since; looks, where that is due.
    func isDue(_ poller: borrowing Poller, now: Int64) -> Bool {
        if case .looks = means, now >= nextLook {
            nextLook = now + MasterLimits.watchLookNanoseconds
            let look = prints()
            if look != lastLook {
                lastLook = look
                // What could not be watched a second ago may be by now.
                arm(poller, now: now)
                noticed(now: now)
            }
        }
        return delay.isDue(now: now)
    }

    /// Which files are others than were read; nothing waits after that.
    func changes() -> [String] {
        delay.taken()
        // A link is never closed; whoever writes on is heard.
        unfinished = []
        return differences()
    }

    /// Whether a change was not taken so far, told or not.
    func hasMissed() -> Bool { isOwed || !differences().isEmpty }

    /// Something is to be taken that no file shows any more.
    func owe(now: Int64) {
        isOwed = true
        noticed(now: now)
    }

    /// What was read when, for the case that it was not after all.
    struct Knowledge {
        fileprivate let known: [String: FilePrint]
        fileprivate let wasOwed: Bool
    }

    /// All is about to be read; returns what was known before.
    @discardableResult
    func reading() -> Knowledge {
        let before = Knowledge(known: known, wasOwed: isOwed)
        known = prints()
        isOwed = false
        return before
    }

    /// It was not read after all.
    func forgetReading(_ before: Knowledge, now: Int64) {
        known = before.known
        if before.wasOwed { owe(now: now) }
    }

    /// It was read; what it names now is watched, and was read as well.
    func follow(_ poller: borrowing Poller, now: Int64) {
        let named = places().named
        for file in self.named.subtracting(named) where !places().files.contains(file) { known[file] = nil }
        for file in named where known[file] == nil { known[file] = .text(at: file) }
        self.named = named
        arm(poller, now: now)
    }

    private func differences() -> [String] {
        let now = prints()
        return Set(known.keys).union(now.keys).filter { known[$0] != now[$0] }.sorted()
    }

    func prints() -> [String: FilePrint] {
        var prints: [String: FilePrint] = [:]
        let places = self.places()
        for file in places.named.union(places.files) { prints[file] = .text(at: file) }
        prints[program] = .program(at: program)
        return prints
    }

    private func noticed(now: Int64) {
        var quiet = MasterLimits.watchQuietNanoseconds
        // Two looks at least have to be the same.
        if case .looks = means { quiet += MasterLimits.watchLookNanoseconds }
        delay.noticed(isUnfinished: !unfinished.isEmpty, quiet: quiet, now: now)
    }
}
