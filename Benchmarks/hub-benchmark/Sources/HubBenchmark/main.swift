/// The scenarios, each with the figures it gives: a name with its unit, and the figure.
var scenarios: [(name: String, figures: () -> [(String, Double)])] = [
    (
        "ingest",
        {
            [
                ("sample in, 1,000 visitors, ns", HotPath.ingest(visitors: 1_000)),
                ("sample in, 10,000 visitors, ns", HotPath.ingest(visitors: 10_000)),
            ]
        }
    ),
    (
        "text",
        {
            [
                ("sample in and its text, 1,000 visitors, ns", HotPath.text(visitors: 1_000)),
                ("sample in and its text, 10,000 visitors, ns", HotPath.text(visitors: 10_000)),
                ("delivery to one of 100 viewers, ns", HotPath.delivery(viewers: 100)),
            ]
        }
    ),
    (
        "frames",
        {
            [
                ("frame, 1,000 visitors, ns a sample", HotPath.frame(visitors: 1_000)),
                ("frame, 10,000 visitors, ns a sample", HotPath.frame(visitors: 10_000)),
                ("keyframe, 10,000 visitors, ns a visitor", HotPath.keyframe(visitors: 10_000)),
            ]
        }
    ),
    (
        "stuck-viewer",
        {
            [
                ("sample in, 1,000 viewers, none stuck, ns", StuckViewer.ingest(stuck: 0)),
                ("sample in, 1,000 viewers, one stuck, ns", StuckViewer.ingest(stuck: 1)),
                ("sample in, 1,000 viewers, all stuck, ns", StuckViewer.ingest(stuck: StuckViewer.viewers)),
            ]
        }
    ),
]

#if FILTERS
    scenarios.append(("filters", { Filters.figures() }))
#endif
#if SNAPSHOT
    scenarios.append(("snapshot", { Snapshot.figures() }))
#endif

let wanted = CommandLine.arguments.dropFirst()
for scenario in scenarios where wanted.isEmpty || wanted.contains(scenario.name) {
    for (name, figure) in scenario.figures() { print("\(scenario.name)\t\(name)\t\(figure)") }
}
