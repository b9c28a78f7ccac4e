import func Glibc.cos
import func Glibc.sin

/// The small shake of a living hand: physiological tremor lies between 8 and 12 Hz (Elble and Koller,
/// "Tremor", 1990), and on a screen it is a fraction of a pixel.
struct Tremor: Sendable {
    private let hertz: Double
    private let phase: Double

    static let pixels = 0.6

    init(random: inout SeededRandom) {
        hertz = random.uniform(8...12)
        phase = random.uniform(0...2 * .pi)
    }

    /// Where the pointer is when the hand means `point`.
    func moved(_ point: PagePoint, at now: Int64) -> PagePoint {
        let angle = 2 * .pi * hertz * Double(now % 1_000_000_000_000) * 1e-9 + phase
        return PagePoint(
            x: point.x + Self.pixels * sin(angle), y: point.y + Self.pixels * cos(1.3 * angle))
    }
}
