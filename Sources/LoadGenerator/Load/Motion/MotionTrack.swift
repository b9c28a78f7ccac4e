import PointerEvents

/// One place of a track.
struct TrackPoint: Equatable, Sendable, BitwiseCopyable {
    /// Microseconds since the track's begin.
    var microseconds: UInt32
    /// Whole pixels, 1...9999: what the frame has room for, and no exponent on the way back.
    var x: UInt16
    var y: UInt16
    var kind: PointerKind

    static let pixels = 1...9999

    init(microseconds: UInt32, x: Double, y: Double, kind: PointerKind) {
        self.microseconds = microseconds
        self.x = Self.pixel(x)
        self.y = Self.pixel(y)
        self.kind = kind
    }

    private static func pixel(_ value: Double) -> UInt16 {
        guard value.isFinite else { return 1 }
        return UInt16(min(max(value.rounded(), Double(pixels.lowerBound)), Double(pixels.upperBound)))
    }
}

/// One hand's way, and how long it lasts until it begins again.
struct Track: Equatable, Sendable {
    var points: [TrackPoint]
    var microseconds: UInt32
}

/// Hands that were moved before the run, so that moving them costs nothing while it is measured.
///
/// Visitors share tracks, each begins elsewhere in its own, and a track that is over begins again.
@safe struct MotionTracks: ~Copyable {
    private let points: UnsafeMutableBufferPointer<TrackPoint>
    /// Where each track ends in `points`, and how long it lasts.
    private let tracks: [(end: Int, microseconds: UInt32)]

    /// Copies tracks that are not empty, of times that do not fall.
    init(_ tracks: [Track]) {
        var all: [TrackPoint] = []
        var ends: [(Int, UInt32)] = []
        for track in tracks where !track.points.isEmpty {
            all += track.points
            ends.append((all.count, max(track.microseconds, track.points.last?.microseconds ?? 0) &+ 1))
        }
        unsafe points = .allocate(capacity: max(all.count, 1))
        _ = unsafe points.initialize(from: all)
        self.tracks = ends
    }

    deinit { unsafe points.deallocate() }

    /// How many tracks there are.
    var count: Int { tracks.count }

    /// The points of a track, by where they stand among all.
    func range(of track: Int) -> Range<Int> { (track == 0 ? 0 : tracks[track - 1].end)..<tracks[track].end }

    /// How long a track lasts until it begins again.
    func nanoseconds(of track: Int) -> Int64 { Int64(tracks[track].microseconds) * 1000 }

    /// One point of all.
    @inline(__always)
    subscript(place: Int) -> TrackPoint { unsafe points[place] }

    /// Human hands: so many, of different temperaments, each followed for `seconds`.
    static func human(count: Int, seconds: Double, seed: UInt64) -> MotionTracks {
        var random = SeededRandom(seed: seed)
        var tracks: [Track] = []
        for _ in 0..<max(count, 1) {
            // The readers and the idle would offer next to nothing.
            var temperament: Temperament = random.chance(0.5) ? .busy : .browsing
            // Coming and going is the run's to decide.
            temperament.visitSeconds = 1e6
            temperament.leaveChance = 0
            var motion = HumanMotion(
                seed: random.bits(), temperament: temperament,
                viewport: Viewport.common[random.index(below: Viewport.common.count)], pageCount: 1,
                opensAt: 0)
            tracks.append(
                Track(points: follow(&motion, seconds: seconds), microseconds: UInt32(seconds * 1e6)))
        }
        return MotionTracks(tracks)
    }

    private static func follow(_ motion: inout HumanMotion, seconds: Double) -> [TrackPoint] {
        var points: [TrackPoint] = []
        let end = Int64(seconds * 1e9)
        while motion.nextDueNanoseconds < end {
            let now = motion.nextDueNanoseconds
            while case let step = motion.step(now: now), step != .nothing {
                guard case .sample(let sample) = step else { continue }
                points.append(
                    TrackPoint(
                        microseconds: UInt32(now / 1000), x: Double(sample.x), y: Double(sample.y),
                        kind: sample.kind))
            }
        }
        return points
    }
}
