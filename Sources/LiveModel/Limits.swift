/// Bounds on the picture, each with its reason.
public struct LiveModelLimits: Sendable {
    /// Visitors with a row: 310 bytes each, 64 more where anybody has a name, 24 more where rates are held;
    /// far more than anyone scrolls through. Those above are counted in the totals only.
    public var visitors = 50_000
    /// Distinct pages that are remembered; visitors on others show none.
    public var pages = 8_192
    /// Workers: more than any machine has cores.
    public var workers = 1_024
    /// Figures of the server's totals.
    public var totals = 32
    /// Viewers a status may list: what it lists at most, and more than a screen has lines for.
    public var audience = 32
    /// Reasons for refusals.
    public var refusals = 64
    /// Lines of the server's log: what a status lists at most.
    public var logLines = 24

    public init() {}

    /// What a screen needs.
    public static let standard = LiveModelLimits()

    /// Bytes of a text that is no id and no page: a state, an address, a figure's name.
    static let textBytes = 128
    /// Bytes of a link: a name, a path and a secret.
    static let linkBytes = 640
    /// Bytes of a line of the log: what the widest of usual screens shows.
    static let logLineBytes = 200
    /// Bytes and terms of a filter: more than anyone types, and little work per visitor; a page of 256 bytes
    /// that each need an escape fits in, with `page=""` around it.
    static let filterBytes = 520
    static let filterTerms = 16
    /// Recent samples of everyone, 32 bytes each: four seconds of 16,000 a second, longer than a trail is
    /// seen.
    static let traces = 65_536
    /// Points of the followed visitor's path, 24 bytes each: two minutes of 60 a second.
    static let pathPoints = 8_192
    /// What the followed visitor did other than move, as far back: more than anybody scrolls through.
    static let pathActs = 256
    /// Stays on pages that are remembered of the followed visitor: more than a line has room for.
    static let pathVisits = 32
    /// How long a hand may rest within one act, such as a stroke or a turn of the wheel.
    static let actMilliseconds: Int64 = 3_000
    /// The pause between two clicks that are one act: a slow double click.
    static let clickMilliseconds: Int64 = 700
    /// How far a button may be let go from where it was pressed for one click, CSS pixels: as far as
    /// a finger on glass moves without meaning to.
    static let actPixels: Float = 16
    /// Statuses whose figures are remembered for sparklines: two minutes.
    static let statusHistory = 120
    /// Incidents that are remembered: more than anybody goes back through.
    static let incidents = 100
    /// How long after the last a loss belongs to the incident before: one cause, many statuses.
    static let incidentMilliseconds: Int64 = 10_000
    /// Seconds of refusals: those that are looked at, and the two minutes that tell what is usual.
    static let surgeSeconds = 10
    static let refusalSeconds = 130
    /// Refusals in these seconds that are worth a word, and how many times what is usual: one page under a
    /// wrong origin tries again and again, and a port on the internet is knocked at all day.
    static let surge = 20.0
    static let surgeTimes = 4.0
    /// How long a server may say nothing: it has a status a second.
    static let silenceSeconds: Int64 = 3
    /// Seconds up to a keyframe in which samples are guessed from the rates it tells.
    static let guessedSeconds: Int64 = 6
    /// Shown frames whose delays are remembered: five seconds of 60 a second.
    static let shownFrames = 512
    /// Frames that wait to be shown: a second of 60 a second; the delays of more are not measured.
    static let awaitedFrames = 64
    /// Where coordinates end, in CSS pixels either way: no page is that large, and a float can tell it.
    static let coordinate = 1e9
    /// Where figures such as milliseconds, seconds and shares end, so that they can be calculated with.
    static let figure = 1e15
    /// Arrays and objects within one another; the frames shape needs four.
    static let nestingDepth = 16
    /// The year 9999 in epoch milliseconds: where a time is no time any more.
    static let epochMilliseconds: Int64 = 253_402_300_799_000
    /// How late the last samples of a second may come: two ticks at ten a second, and the way.
    static let usualDelayMilliseconds: Int64 = 250
    /// Samples a second that one visitor or one keyframe may claim; above it is no figure of a server.
    static let samplesPerSecond = 1_000_000.0
    /// What makes a rate another one for an order that holds still: so much more, or so much less for so many
    /// seconds. The rates of hands go up and down by a third all the time.
    static let higherRate = 1.6
    static let lowerRate = 0.5
    static let lowerRateSeconds: Int64 = 3
}
