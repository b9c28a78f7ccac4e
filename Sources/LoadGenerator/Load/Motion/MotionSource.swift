import Glibc
import PointerEvents

/// Where each visitor's pointer is at a time of the run.
@safe struct MotionSource: ~Copyable {
    private enum Kind {
        case circle, random, tracks
    }

    private let kind: Kind
    private let tracks: MotionTracks
    /// A circle's places, x and y by turns.
    private let circle: UnsafeMutablePointer<Double>
    private let seed: UInt64

    private static let circleSteps = 1024
    /// One turn of a circle.
    private static let circleNanoseconds: Int64 = 2_000_000_000

    /// Makes the source; a recording is read here.
    init(_ plan: LoadPlan) throws(Recording.Failure) {
        seed = plan.seed
        switch plan.motion {
        case .human:
            kind = .tracks
            tracks = .human(
                count: min(plan.visitors, LoadLimits.handTracks),
                seconds: min(max(plan.durationSeconds, 1), LoadLimits.handSeconds), seed: plan.seed)
        case .recording(let path):
            kind = .tracks
            tracks = MotionTracks(try Recording.reading(path))
        case .circle, .random:
            kind = plan.motion == .circle ? .circle : .random
            tracks = MotionTracks([])
        }
        unsafe circle = .allocate(capacity: Self.circleSteps * 2)
        for step in 0..<Self.circleSteps {
            let angle = 2 * Double.pi * Double(step) / Double(Self.circleSteps)
            unsafe circle[step * 2] = cos(angle)
            unsafe circle[step * 2 + 1] = sin(angle)
        }
    }

    deinit { unsafe circle.deallocate() }

    /// Whether visitors follow tracks, which have times of their own.
    var hasTracks: Bool { kind == .tracks }

    /// Puts a visitor on its track: the place of its next point and the time of the run, in nanoseconds, at
    /// which its track begins. The first point is due at `arrival`.
    func begin(visitor: Int, arrival: Int64) -> (cursor: UInt32, base: Int64) {
        guard hasTracks else { return (0, 0) }
        let range = tracks.range(of: visitor % tracks.count)
        var random = SeededRandom(seed: seed &+ UInt64(visitor) &* 0x9E37_79B9)
        // Those who share a track are elsewhere in it.
        let start =
            visitor < tracks.count ? range.lowerBound : range.lowerBound + random.index(below: range.count)
        return (UInt32(start), arrival &- Int64(tracks[start].microseconds) * 1000)
    }

    /// When the point at `cursor` is due.
    @inline(__always)
    func dueNanoseconds(cursor: UInt32, base: Int64) -> Int64 {
        base &+ Int64(tracks[Int(cursor)].microseconds) * 1000
    }

    /// Steps over the point at `cursor`; behind the last the track begins again.
    @inline(__always)
    func advance(visitor: Int, cursor: inout UInt32, base: inout Int64) {
        let track = visitor % tracks.count
        cursor += 1
        let range = tracks.range(of: track)
        guard Int(cursor) >= range.upperBound else { return }
        cursor = UInt32(range.lowerBound)
        base &+= tracks.nanoseconds(of: track)
    }

    /// The point at `cursor`.
    @inline(__always)
    func point(cursor: UInt32) -> TrackPoint { tracks[Int(cursor)] }

    /// Where a visitor's pointer is at `now`; steps over the points that have passed, and tells the first of
    /// them that is no move, so that a click between two samples shows in the second.
    @inline(__always)
    func place(
        visitor: Int, sequence: UInt32, now: Int64, cursor: inout UInt32, base: inout Int64
    ) -> TrackPoint {
        switch kind {
        case .tracks: return followed(visitor, now, &cursor, &base)
        case .circle: return circled(visitor, now)
        case .random:
            var random = SeededRandom(
                seed: seed ^ UInt64(truncatingIfNeeded: visitor) << 32 ^ UInt64(sequence))
            let bits = random.bits()
            return TrackPoint(
                microseconds: 0, x: Double(bits & 0x7FF), y: Double(bits >> 20 & 0x3FF), kind: .move)
        }
    }

    private func followed(
        _ visitor: Int, _ now: Int64, _ cursor: inout UInt32, _ base: inout Int64
    ) -> TrackPoint {
        var last = point(cursor: cursor)
        var event: PointerKind?
        while dueNanoseconds(cursor: cursor, base: base) <= now {
            last = point(cursor: cursor)
            if last.kind != .move, event == nil { event = last.kind }
            advance(visitor: visitor, cursor: &cursor, base: &base)
        }
        last.kind = event ?? .move
        return last
    }

    private func circled(_ visitor: Int, _ now: Int64) -> TrackPoint {
        let phase = now % Self.circleNanoseconds * Int64(Self.circleSteps) / Self.circleNanoseconds
        let step = (Int(phase) + visitor &* 37) & (Self.circleSteps - 1)
        let radius = 40 + Double(visitor % 17) * 15
        return unsafe TrackPoint(
            microseconds: 0, x: 900 + radius * circle[step * 2], y: 450 + radius * circle[step * 2 + 1],
            kind: .move)
    }
}
