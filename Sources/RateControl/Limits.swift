/// When and how far the sampling of visitors is changed, each with its reason. Times are nanoseconds.
public enum RateLimits {
    /// Between two looks while somebody watches: a person waits no longer for what they asked for.
    public static let intervalNanoseconds: Int64 = 250_000_000
    /// Samples a second that a page makes at most for everyone, and for a visitor who is looked at closely:
    /// a screen shows 60 pictures a second, and a hand on a fast mouse is told from a straight line by twice
    /// that.
    public static let mostRate = 60
    public static let mostCloseRate = 120
    /// Samples in each picture that a viewer of frames gets: a curve needs a point between its ends.
    static let samplesPerFrame = 3
    /// Fewer than so many make no path any more, however seldom the picture is.
    static let leastDemand = 10
    /// Between two messages of a page while somebody watches; what a look adds to the delay.
    static let batchMilliseconds = 50
    /// The same where the server has too much to do: each message costs as much as many samples.
    static let slowBatchMilliseconds = 250
    /// The same of a visitor who is looked at closely: a picture of 60 a second.
    static let closeBatchMilliseconds = 16
    /// The same while nobody watches: clicks and pages are still counted, and nobody waits for them.
    static let idleBatchMilliseconds = 1000
    /// Visitors that are looked at closely at a time: what a screen can show of paths, and what the rest of
    /// the site does not notice.
    public static let closeLooks = 16
    /// How long what a viewer wanted holds after it has gone: a page that is loaded again comes back sooner.
    static let lingerNanoseconds: Int64 = 2_000_000_000

    /// The share of a core from which a process has too much to do, what lowering aims at, below which there
    /// is room for more, and what that may come to.
    static let busyShare = 0.75
    static let aimedShare = 0.6
    static let calmShare = 0.55
    static let promisedShare = 0.68
    /// A core that is used up says nothing of how much more there would be.
    static let exhaustedShare = 0.95
    /// Shares are noisy: a change of them counts half after about so long.
    static let smoothingNanoseconds: Int64 = 400_000_000
    /// Where more of the viewers are behind, there is more than they get along with; up to so many, they are
    /// slow themselves, and the others need not get less for it.
    static let behindShare = 0.5
    /// A viewer that has taken nothing for so long does not get along with less either; and after the longer
    /// time nobody seems to look at it any more: a laptop that sleeps, a terminal that is stopped.
    public static let stalledNanoseconds: Int64 = 750_000_000
    public static let absentNanoseconds: Int64 = 1_500_000_000
    /// Trouble that passes by itself within so long is none.
    static let dwellNanoseconds: Int64 = 500_000_000
    /// From one lowering to the next: messages to the pages, their next batches and the smoothing take that.
    static let loweringNanoseconds: Int64 = 750_000_000
    /// From one raising to the next; where one had to be taken back, time enough to see what comes of it.
    static let raisingNanoseconds: Int64 = 500_000_000
    static let carefulRaisingNanoseconds: Int64 = 2_000_000_000
    /// From a lowering to the first raising, and twice as long for each that had to be taken back, up to the
    /// longest: viewers who are always a little too slow are tried twice a minute.
    static let holdNanoseconds: Int64 = 2_000_000_000
    static let longestHoldNanoseconds: Int64 = 30_000_000_000
    /// A lowering so soon after a raising takes it back.
    static let regretNanoseconds: Int64 = 5_000_000_000
    /// What was lowered so long ago is no reason to begin with less.
    static let forgivenNanoseconds: Int64 = 5_000_000_000
    /// How far one step goes: at most to half, at least by a seventh.
    static let lowering = 0.5...0.85
    /// Viewers that are behind tell how far no step has to go.
    static let loweringOfBehind = 0.7
    /// Seven steps from least to most.
    static let raisingShare = 6
}
