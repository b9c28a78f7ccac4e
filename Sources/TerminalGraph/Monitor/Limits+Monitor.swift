/// Bounds of the monitor's own.
extension Limits {
    /// Scalars of a filter that is typed: more than a line of the widest screen people type on.
    static let promptScalars = 200
    /// Places of a picture that a mouse can point at: every row of the highest picture and its heads.
    static let hitRegions = 2_048
    /// Views to go back to; those before are forgotten.
    static let viewsBack = 16
}
