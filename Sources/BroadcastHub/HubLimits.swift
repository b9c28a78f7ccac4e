public import FramesShape

/// Bounds of the hub, each with its reason; tests make them tiny.
public struct HubLimits: Sendable {
    /// The ring, its records, text and bookkeeping together: about half a second at 100,000 samples a second,
    /// minutes at the rates of an ordinary site.
    public var ringBytes = 8 * 1024 * 1024
    /// Records of one segment of the ring, the unit in which it forgets: a sixtieth of it, text included.
    public var segmentRecords = 1_024
    /// Visitors known at once: 131,072 present, which the workers see to, and as many who left and still
    /// stand in the ring, which has no room for more kills than that. Entries that were never used cost no
    /// memory.
    public var visitors = 262_144
    /// (connection, id) pairs of one channel: what 20,000 connections speak for, with room.
    public var slotsPerChannel = 262_144
    /// Page numbers a channel may use.
    public var pagesPerChannel = 65_536
    /// Distinct pages remembered for all channels together: more than the ring and the visitors can name, so
    /// that nobody can take away anybody's page by naming many.
    public var pages = 393_216
    /// Text of all remembered pages; reached only by somebody who names a new long page with every sample.
    public var pageBytes = 96 * 1024 * 1024
    /// Pages kept before those nobody names any more are first swept out.
    public var pagesBeforeSweep = 2_048
    /// Kills remembered after they have left the ring.
    public var rememberedKills = 16_384
    /// So many visitors, of whom half have gone, are a crowd whose memory is given back: from 1 MiB on.
    public var crowd = 4_096
    /// Visitors who are gone and still known after that: those whose kills stand in the newest segment.
    public var keptGone = 1_024
    /// Text of pages that is kept when nobody names new ones any more.
    public var keptPageBytes = 4 * 1024 * 1024
    /// Text made for one viewer at one time outside the ring (catch-up, reset).
    public var scratchBytes = 64 * 1024
    /// The frames shape.
    public var frames = FramesLimits()

    public init() {}

    /// What a server runs with.
    public static let standard = HubLimits()
}
