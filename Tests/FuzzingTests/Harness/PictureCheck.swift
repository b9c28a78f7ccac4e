import LiveModel

/// What holds of a picture whatever a server said, and every question that a screen asks it.
enum PictureCheck {
    static func complaint(about model: inout LiveModel, _ limits: LiveModelLimits) -> String? {
        guard model.rowCount <= limits.visitors else { return "\(model.rowCount) rows" }
        guard model.visitorCount >= model.rowCount else { return "fewer visitors than rows" }
        let status = model.status
        guard status.workers.count <= limits.workers, status.audience.count <= limits.audience,
            status.totals.count <= limits.totals, status.refusals.count <= limits.refusals,
            status.log.count <= limits.logLines
        else { return "a status over its limits" }
        var chosen: [RankedVisitor] = []
        for order in VisitorOrder.allCases {
            for isReversed in [false, true] {
                let query = VisitorQuery(
                    filter: VisitorFilter(parsing: "-id:zz rate<1e9"), order: order, isReversed: isReversed)
                let count = model.visitors(matching: query, from: 0, count: 10, into: &chosen)
                guard count <= model.rowCount, chosen.count == count else {
                    return "\(count) in order \(order)"
                }
                for (place, visitor) in chosen.enumerated() {
                    guard model.place(of: visitor.slot, in: query) == place else {
                        return "another place in order \(order)"
                    }
                }
            }
        }
        let still = model.snapshot()
        return still.rowCount == model.rowCount ? nil : "a copy with \(still.rowCount) rows"
    }
}
