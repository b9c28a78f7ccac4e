/// What the signs and words of the views mean.
enum HelpLegend {
    static func entries(for view: MonitorView, glyphs: Glyphs) -> [(sign: String, means: String)] {
        func sign(_ value: UInt32) -> String { Unicode.Scalar(value).map { String($0) } ?? "" }
        let header: [(String, String)] = [
            ("\(glyphs.light) live", "the server speaks; silent: not for so long"),
            ("sampled at 30 Hz", "what visitors' pages are asked for"),
            ("busy, behind", "more than the server, than viewers can bear"),
            ("!1 on a tab", "went wrong there, and nobody has looked yet"),
        ]
        switch view {
        case .overview:
            return header + [
                ("the small bars", "the last minute; as high as the busiest"),
                (glyphs.sortedDown + " " + glyphs.sortedUp, "sorted by this column; the other way"),
            ]
        case .map:
            return header + [
                (
                    "\(sign(glyphs.pointer)) \(sign(glyphs.restingPointer))",
                    "a pointer that moves; one at rest"
                ),
                (sign(glyphs.chosenPointer), "the visitor that is chosen"),
                ("ring", "a button was pressed there, spreading"),
                (
                    "cluster",
                    glyphs == .ascii
                        ? "a digit: so many pointers in one place" : "the brighter, the more pointers there"
                ),
            ]
        case .visitor:
            return header + [
                (
                    "\(sign(glyphs.pathStart)) \(sign(glyphs.chosenPointer))",
                    "where the path begins; the pointer"
                ),
                ("brighter", "newer; the darkest is about to go"),
                (
                    "\(sign(glyphs.fromLeft)) \(sign(glyphs.fromAbove))",
                    "in the edges: where the pointer is now"
                ),
                ("1 2 3", "clicks, numbered in path and events"),
                ("scroll \(glyphs.times)6", "so many, one right behind the other"),
                ("press, drag", "a button without a click; with a way"),
                ("0:40 \(glyphs.onward) 0:12+", "how long on each page; + or longer"),
                ("device", "a guess by the size of the viewport"),
            ]
        case .pages:
            return header + [("no page", "visitors whose pages do not say where they are")]
        case .workers:
            return header + [
                ("conns", "open connections"), ("rate", "samples a second"),
                ("restarts", "how often it was started again"),
                ("folded", "older moves that gave way, being behind"),
            ]
        case .health:
            return header + [
                ("relayed", "from a worker's reading to the hub"),
                ("encoded", "until a frame's text is made"),
                ("shown", "until this picture went out"),
                ("p50, p99", "half, all but one of a hundred are quicker"),
                ("offered", "what a viewer could have had"), ("behind", "what it has not taken yet"),
                ("skipped, conflated", "older moves that gave way to newer ones"),
                ("refused", "requests that were not let in, by reason"),
            ]
        }
    }
}
