public import ByteCore

/// A viewer's name, left to a successor: of that hub which the snapshot beside it makes.
///
/// ```
/// [ index u32 ][ generation u32 ][ scope u32 ]
/// ```
extension ViewerID: Carriable {
    /// One to be read into.
    public init() { self.init(index: 0, generation: 0) }

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        var (index, generation, scope) = (index, generation, scope)
        try carrier.carry(&index)
        try carrier.carry(&generation)
        try carrier.carry(&scope)
        self = ViewerID(index: index, generation: generation, scope: scope)
    }
}

extension BroadcastHub {
    /// What a viewer of the hub gets; nil where there is none of that name.
    public func shape(of id: ViewerID, now: Int64) -> ViewerShape? { figures(of: id, now: now)?.shape }

    /// Viewers attached, those of scopes among them, but for polls.
    public var attachedViewers: Int {
        scopes.reduce(viewers.count { $0 != nil }) { $0 + $1.hub.viewers.count { $0 != nil } }
    }
}
