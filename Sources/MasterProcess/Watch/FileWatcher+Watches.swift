import Glibc
import PosixIO

/// What is watched.
extension FileWatcher {
    /// The paths change their meaning while they are followed; after so many times it is left at that, and
    /// the next notice comes soon.
    private static let attempts = 8

    /// Watches every directory in which it is decided what the paths lead to, and the files at their ends;
    /// where that is not possible all is looked at from now on.
    func arm(_ poller: borrowing Poller, now: Int64) {
        do throws(Hindrance) {
            for _ in 0..<Self.attempts {
                let trails = currentTrails()
                try watch(trails, poller)
                // What came to be in a directory before it was watched was told by nobody.
                if trails == currentTrails() { break }
            }
            means = .notices
        } catch {
            end(poller)
            watches = [:]
            unfinished = []
            if means == .notices {
                lastLook = prints()
                nextLook = now + MasterLimits.watchLookNanoseconds
            }
            means = .looks(error.why)
        }
    }

    private struct Hindrance: Error {
        let why: String
    }

    private struct Trails: Equatable {
        var files: [PathTrail]
        var folders: [PathTrail]
    }

    private func currentTrails() -> Trails {
        let places = self.places()
        return Trails(
            files: ([program] + places.files + places.named.sorted()).map { PathTrail(of: $0) },
            folders: places.folders.map { PathTrail(of: $0) })
    }

    private func watch(_ trails: Trails, _ poller: borrowing Poller) throws(Hindrance) {
        let ends = (trails.files + trails.folders).compactMap { $0.end }
        if let place = ends.first(where: { FileFacts.mayChangeUnnoticed($0) }) {
            throw Hindrance(why: "\(place) is on a file system that tells nothing of changes made elsewhere")
        }
        try open(poller)
        var wanted: [FileNotices.Watch: Names] = [:]
        for trail in trails.files + trails.folders {
            for step in trail.steps {
                guard let watch = try watch(step.directory, isDirectory: true) else { continue }
                if case .these(let names) = wanted[watch, default: .these([])] {
                    wanted[watch] = .these(names.union([step.name]))
                }
            }
        }
        for trail in trails.folders {
            guard let end = trail.end, let watch = try watch(end, isDirectory: true) else { continue }
            wanted[watch] = .all
        }
        for trail in trails.files {
            guard let end = trail.end, let watch = try watch(end, isDirectory: false) else { continue }
            wanted[watch] = wanted[watch] ?? .all
        }
        for watch in watches.keys where wanted[watch] == nil { notices?.unwatch(watch) }
        watches = wanted
        unfinished = unfinished.filter { wanted[$0.watch] != nil }
    }

    private func open(_ poller: borrowing Poller) throws(Hindrance) {
        guard notices == nil else { return }
        do throws(SystemError) {
            let fresh = try opening()
            try poller.add(fresh.raw, for: .readable, token: token)
            notices = consume fresh
        } catch {
            // The system gives each user so many, and each process so many descriptors.
            let limit = error.code == EMFILE ? " (fs.inotify.max_user_instances, ulimit -n)" : ""
            throw Hindrance(why: error.text + limit)
        }
    }

    /// Nil where nothing is there any more: the directory above tells when something is again.
    private func watch(
        _ path: String, isDirectory: Bool
    ) throws(Hindrance) -> FileNotices.Watch? {
        do throws(SystemError) {
            return isDirectory ? try notices?.watch(directory: path) : try notices?.watch(file: path)
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR, ELOOP: return nil
            case ENOSPC: throw Hindrance(why: "\(path): \(error.text) (fs.inotify.max_user_watches)")
            default: throw Hindrance(why: "\(path): \(error.text)")
            }
        }
    }
}
