/// Bounds of the monitor's own.
extension Limits {
    /// Scalars of a filter that is typed: as many as the longest one has that a page leads to.
    static let promptScalars = 520
    /// Places of a picture that a mouse can point at: every row of the highest picture and its heads.
    static let hitRegions = 2_048
    /// Views to go back to; those before are forgotten.
    static let viewsBack = 16
}
