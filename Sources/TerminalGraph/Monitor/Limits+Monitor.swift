/// Bounds of the monitor's own.
extension Limits {
    /// Scalars of a filter that is typed: as many as the longest one has that a page leads to.
    static let promptScalars = 520
    /// Places of a picture that a mouse can point at: every row of the highest picture and its heads.
    static let hitRegions = 2_048
    /// How long a word of the monitor's stays: to be read, and gone when the eye comes back.
    static let noticeNanoseconds: Int64 = 3_000_000_000
    /// How long the list holds still behind a key that moves through it: to the next press, unhurried.
    static let orderHeldNanoseconds: Int64 = 3_000_000_000
    /// The least time between two rings of the bell: one cause has several incidents.
    static let bellNanoseconds: Int64 = 2_000_000_000
    /// Ids and pages that are offered to complete a command: more than anybody looks through.
    static let candidates = 200
    /// Views to go back to; those before are forgotten.
    static let viewsBack = 16
}
