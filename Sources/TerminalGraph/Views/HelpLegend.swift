/// What the signs and words of the views mean.
enum HelpLegend {
    static func entries(for view: MonitorView, glyphs: Glyphs) -> [(sign: String, means: String)] {
        func sign(_ value: UInt32) -> String { Unicode.Scalar(value).map { String($0) } ?? "" }
        let header: [(String, String)] = [
            ("\(glyphs.light) live", "the server speaks; silent: since then"),
            ("sampled at 30 Hz", "what visitors' pages are asked for"),
            ("busy, behind", "more than server or viewers can bear"),
            ("!1 on a tab", "went wrong there, not looked at yet"),
        ]
        switch view {
        case .overview:
            return header + [
                ("the small bars", "the last minute, high as the busiest"),
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
            return header + [("no page", "visitors whose page is not told")]
        case .workers:
            return header + [
                ("#", "its number, as :restart 2 takes it"),
                ("conns", "open connections"), ("rate", "samples a second"),
                ("restarts", "how often it was started again"),
                ("folded", "older moves that gave way to newer"),
            ]
        case .health:
            return header + [
                ("relayed", "from a worker's reading to the hub"),
                ("encoded", "until a frame's text is made"),
                ("shown", "until this picture went out"),
                ("p50, p99", "half, 99 of 100 are quicker"),
                ("offered", "what a viewer could have had"), ("behind", "what it has not taken yet"),
                ("skipped, conflated", "older moves that gave way to newer"),
                ("refused", "requests not let in, by reason"),
            ]
        }
    }
}
