/// How a visitor behaves between reaches; times are means of skewed distributions.
public struct Temperament: Equatable, Sendable {
    /// Rest between two things done, in milliseconds.
    public var restMilliseconds: Double
    /// How often a reach ends in a click.
    public var clickChance: Double
    /// How often a rest is followed by scrolling instead of a reach.
    public var scrollChance: Double
    /// How often a rest is followed by the pointer leaving the page, for the tabs or another window.
    public var leaveChance: Double
    /// How often a click leads to another page.
    public var navigateChance: Double
    /// How far a look wanders, as part of the viewport's sides; clicks go anywhere.
    public var wander: Double
    /// Length of a visit until the page is closed, in seconds.
    public var visitSeconds: Double
    /// Time until a visitor who closed the page is back, in seconds.
    public var awaySeconds: Double

    /// Tries everything, hardly rests.
    public static let busy = Temperament(
        restMilliseconds: 220, clickChance: 0.35, scrollChance: 0.1, leaveChance: 0.01, navigateChance: 0.15,
        wander: 0.5, visitSeconds: 150, awaySeconds: 5)
    /// Looks around and follows a link now and then.
    public static let browsing = Temperament(
        restMilliseconds: 900, clickChance: 0.25, scrollChance: 0.25, leaveChance: 0.03, navigateChance: 0.4,
        wander: 0.35, visitSeconds: 100, awaySeconds: 8)
    /// Reads: long rests, short nudges along the text, much scrolling.
    public static let reading = Temperament(
        restMilliseconds: 2800, clickChance: 0.05, scrollChance: 0.55, leaveChance: 0.03, navigateChance: 0.6,
        wander: 0.08, visitSeconds: 180, awaySeconds: 10)
    /// Has the page open and does something else.
    public static let idle = Temperament(
        restMilliseconds: 14_000, clickChance: 0.08, scrollChance: 0.2, leaveChance: 0.3, navigateChance: 0.2,
        wander: 0.2, visitSeconds: 240, awaySeconds: 10)

    /// One of the four, as common as on a site with things to do.
    public static func drawn(from random: inout SeededRandom) -> Temperament {
        switch random.unit() {
        case ..<0.3: .busy
        case ..<0.65: .browsing
        case ..<0.87: .reading
        default: .idle
        }
    }
}
