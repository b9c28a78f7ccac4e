import ByteCore
import ClusterSupervisor
import PosixIO
import Telemetry

/// `--watch`: a reload where the program on disk or the configuration has changed.
extension Master {
    /// Begins to watch or stops, as the settings say.
    func takeWatch() {
        guard settings.isWatching else {
            watch?.end(poller)
            watch = nil
            return
        }
        guard watch == nil else { return }
        watch = FileWatcher(
            program: executablePath, running: executable, places: { [unowned self] in watchedPlaces() },
            kind: Kind.watch, poller, now: now)
        tellMeans(before: nil)
    }

    /// What has changed between the time that the options were read and that the files are watched is found
    /// by reading them once more.
    func beginWatch(isOwed: Bool) {
        takeWatch()
        guard let watch else { return }
        switch settings.reread?() {
        case nil: if isOwed { watch.owe(now: now) }
        case .refused: watch.owe(now: now)
        case .settings(_, let plan): if isOwed || plan.hasChanges { watch.owe(now: now) }
        }
    }

    private func watchedPlaces() -> WatchedPlaces {
        var places = settings.configuration?() ?? WatchedPlaces()
        places.named = Set(refusedFiles + [settings.people?.jwt?.keyPath].compactMap { $0 })
        return places
    }

    /// Takes what the kernel tells.
    func heardOfFiles() {
        guard let watch else { return }
        let before = watch.means
        watch.heard(poller, now: now)
        tellMeans(before: before)
    }

    /// What the configuration names by now is watched.
    func followFiles() {
        guard let watch else { return }
        let before = watch.means
        watch.follow(poller, now: now)
        tellMeans(before: before)
    }

    /// Reloads where something has changed, has been quiet since, and nothing else is under way; at the end
    /// of every turn of the loop.
    func advanceWatch() {
        guard let watch else { return }
        let before = watch.means
        let isDue = watch.isDue(poller, now: now)
        tellMeans(before: before)
        guard isDue, case .running = life, isAnnounced else { return }
        // While something else is under way it stays due; the next program goes on with what is owed.
        guard upgrade == nil, changes.name == nil, cluster.admitsReload else { return }
        var files = watch.changes()
        if files.isEmpty, watch.isOwed { files = ["files that were read at the start"] }
        guard !files.isEmpty else { return }
        var unheard = ByteBuffer()
        _ = reload(because: "changed: \(files.joined(separator: ", "))", &unheard)
    }

    /// Says how changes are noticed, where that is another way than before.
    private func tellMeans(before: FileWatcher.Means?) {
        guard let watch, watch.means != before else { return }
        switch watch.means {
        case .notices:
            log.write("watching") { $0.add("files", watch.files.joined(separator: ", ")) }
        case .looks(let why):
            log.write("watch_limited") { line in
                line.add("why", why)
                line.add("files", watch.files.joined(separator: ", "))
            }
        }
    }
}
