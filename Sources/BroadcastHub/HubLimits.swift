public import FramesShape

/// Bounds of the hub, each with its reason; tests make them tiny.
public struct HubLimits: Sendable {
    /// The ring, its records, text and bookkeeping together: about half a second at 100,000 samples a second,
    /// minutes at the rates of an ordinary site.
    public var ringBytes = 8 * 1024 * 1024
    /// Records of one segment of the ring, the unit in which it forgets: a sixtieth of it, text included.
    public var segmentRecords = 1_024
    /// Visitors present at once: what a picture shows, a table of them some 120 bytes each, and 64 more of
    /// those who have said nothing for as long as the ring reaches back.
    public var present = 131_072
    /// Of those, for connections that speak for several: half, so that others find room.
    public var sharedPlaces: Int { present / 2 }
    /// Visitors known at once: those present, and as many who left and still stand in the ring, which has no
    /// room for more kills than that. Entries that were never used cost no memory.
    public var visitors = 262_144
    /// (connection, id) pairs of one channel: what 20,000 connections speak for, with room.
    public var slotsPerChannel = 262_144
    /// Page numbers a channel may use.
    public var pagesPerChannel = 65_536
    /// Distinct pages remembered for all channels together: more than the ring and the visitors can name, so
    /// that nobody can take away anybody's page by naming many.
    public var pages = 393_216
    /// Text of all remembered pages: room for as many of 256 bytes, and 31 MiB for those that JSON makes
    /// longer, which may be six times as long. Reached only by somebody who names a new one of these with
    /// every sample, and then it is those that find no room.
    public var pageBytes = 128 * 1024 * 1024
    /// Distinct names and elements, each as many as pages for the same reason, and their text, with room for
    /// all of 64 bytes.
    public var names = 393_216
    public var nameBytes = 32 * 1024 * 1024
    public var elements = 393_216
    public var elementBytes = 32 * 1024 * 1024
    /// Pages, names or elements kept before those nobody names any more are first swept out.
    public var pagesBeforeSweep = 2_048
    /// How long a visitor is still present whose page said that it is being left: a second or two for the
    /// next page of a slow server, and for its script.
    public var graceNanoseconds: Int64 = 5_000_000_000
    /// Visitors in that time at once: an eighth of those that can be present.
    public var graces = 16_384
    /// Signed identities that left of which it is known when the newest token that was redeemed was made:
    /// half of the visitors that can be present, at some 80 bytes each. Of those who speak it always is.
    public var claims = 65_536
    /// New ones that left before they redeemed any: what can be in grace, within which the next page comes.
    public var freshClaims = 16_384
    /// Kills remembered after they have left the ring.
    public var rememberedKills = 16_384
    /// So many visitors, of whom half have gone, are a crowd whose memory is given back: from 1 MiB on.
    public var crowd = 4_096
    /// Visitors who are gone and still known after that: those whose kills stand in the newest segment.
    public var keptGone = 1_024
    /// Text of pages, names and elements that is kept when nobody names new ones any more.
    public var keptPageBytes = 4 * 1024 * 1024
    /// Of texts that channels say no more, so many are worth looking for those that nothing else names; with
    /// more texts, a quarter of them: a look takes as long as they are many.
    public var renamedTexts = 512
    /// Text made for one viewer at one time outside the ring (catch-up, reset).
    public var scratchBytes = 64 * 1024
    /// Scopes that viewers are held to at a time: each is told of every sample that it admits, and keeps a
    /// picture of its own. More is a site per person, and wants a server per site.
    public var scopes = 16
    /// Different filters of viewers at a time, as above: each is told of what it takes alone, and the ring of
    /// one that takes much is its greatest part. With the scopes they are fewer than a word has bits.
    public var filters = 44
    public var filterRingBytes = 1024 * 1024
    /// The ring of a scope: the text of a busy page for seconds, and 32 MiB for all scopes together.
    public var scopeRingBytes = 2 * 1024 * 1024
    /// Records of one segment of it: a thirtieth, text included.
    public var scopeSegmentRecords = 512
    /// Pages that a scope remembers: as `pages`, more than its ring and its visitors can name.
    public var scopePages = 393_216
    /// Keyframes of a scope that readers are in the middle of: 32 MiB for all scopes together.
    public var scopeHeldKeyframeBytes = 2 * 1024 * 1024
    /// How long a scope outlives its last viewer: a browser that reconnects goes on where it was, a phone
    /// that changes networks too.
    public var scopeLingerNanoseconds: Int64 = 30_000_000_000
    /// What is remembered of the last minutes.
    public var histories = HistoryLimits()
    /// The frames shape.
    public var frames = FramesLimits()

    public init() {}

    /// Those of a scope's hub. A visitor who is present finds room: all others of it have left since its
    /// newest segment began, or are given up for them.
    func ofScope(isFiltered: Bool) -> HubLimits {
        var limits = self
        limits.visitors += scopeSegmentRecords
        limits.ringBytes = isFiltered ? filterRingBytes : scopeRingBytes
        limits.segmentRecords = scopeSegmentRecords
        limits.pages = scopePages
        limits.names = scopePages
        limits.elements = scopePages
        limits.claims = 1
        limits.freshClaims = 1
        // The whole hub remembers for all.
        limits.histories.visitors = 0
        limits.histories.pages = 0
        limits.histories.workers = 0
        limits.frames.heldKeyframeBytes = scopeHeldKeyframeBytes
        return limits
    }

    /// What a server runs with.
    public static let standard = HubLimits()
}
