extension Theme {
    /// For a dark background, whatever it is.
    public static let dark = builtIn(
        """
        faint = #808080
        strong = bold
        title = #5fd7d7 bold
        border = #4e4e4e
        heading = #8a8a8a
        reference = #87afd7/6
        good = #5fd787
        caution = #ffaf00
        bad = #ff5f5f bold
        key = #5fd7d7 bold
        tab = bold
        match = #ffd787 bold
        prompt = #ffd787 bold
        ripple = #ffffff/3
        # From deep water over green to the light of noon: one walk around the colour wheel, so that a
        # glance tells more from less, also to most of those who see colours differently.
        heat0 = #0087af/4
        heat1 = #00afaf/4
        heat2 = #00d7af/6
        heat3 = #5fd7af/6
        heat4 = #87d787/2
        heat5 = #afd787/2
        heat6 = #d7d787/3
        heat7 = #ffd787/3
        """,
        hues: "#5fd7ff/6 #ffaf5f/3 #87ff87/2 #ff87ff/5 #87afff/4 #ff8787/1 #ffff87/7 #afffd7/6",
        recent: "#00afd7/6 #d78700/3 #5faf5f/2 #d75fd7/5 #5f87d7/4 #d75f5f/1 #d7d75f/7 #5faf87/6",
        fading: "#005f87/6 #875f00/3 #005f00/2 #870087/5 #005faf/4 #870000/1 #878700/7 #005f5f/6",
        selection: "on #1a3050")

    /// For a white background.
    public static let light = builtIn(
        """
        faint = #6c6c6c
        strong = bold
        title = #005f87/4 bold
        border = #b2b2b2
        heading = #626262
        reference = #005faf/4
        good = #008700
        caution = #af5f00/5
        bad = #d70000 bold
        key = #005f87/4 bold
        tab = bold
        match = #875f00/5 bold
        prompt = #875f00/5 bold
        ripple = #000000/5
        # What is busy is dark or red here.
        heat0 = #5f87af/4
        heat1 = #0087af/4
        heat2 = #005faf/4
        heat3 = #0000af/4
        heat4 = #5f00af/5
        heat5 = #8700af/5
        heat6 = #af005f/1
        heat7 = #d70000/1
        """,
        hues: "#005faf/4 #af5f00/3 #008700/2 #af00af/5 #0000d7/4 #d70000/1 #5f5f00/0 #008787/6",
        recent: "#5f87d7/4 #d7875f/3 #5faf5f/2 #d75fd7/5 #8787ff/4 #ff5f5f/1 #87875f/0 #5fafaf/6",
        fading: "#87afd7/4 #d7af87/3 #87d787/2 #d7afd7/5 #afafff/4 #ffafaf/1 #afaf87/0 #87d7d7/6",
        selection: "on #d0e2f8")

    /// Few and strong colours on a black background of its own: seven to one for all that is read.
    public static let contrast = builtIn(
        """
        plain = #ffffff on #000000
        faint = #d0d0d0
        strong = bold
        title = #ffff00 bold
        border = #a8a8a8
        heading = underline
        reference = #00ffff
        good = #00ff00
        caution = #ffaf00 bold
        bad = #ff8787/1 bold
        key = #ffff00 bold
        tab = #000000 on #ffffff bold
        match = #000000 on #ffff00 bold
        prompt = #ffff00 bold
        ripple = bold
        heat0 = #87afff/6
        heat1 = #87afff/6
        heat2 = #00ffff
        heat3 = #00ffff
        heat4 = #00ff00
        heat5 = #00ff00
        heat6 = #ffff00
        heat7 = #ffff00 bold
        """,
        hues: "#00ffff/6 #ffaf00/3 #00ff00/2 #ff87ff/5 #87afff/6 #ff8787/1 #ffff00/3 #ffffff/7",
        recent: "#00d7d7/6 #d78700/3 #00d700/2 #ff5fff/5 #87afff/6 #ff8787/1 #d7d700/3 #d0d0d0/7",
        fading: "#00afaf/6 #af8700/3 #00af00/2 #d75fd7/5 #5f87ff/6 #d75f5f/1 #afaf00/3 #a8a8a8/7",
        selection: "#000000 on #00ffff bold")

    private static func builtIn(
        _ styles: String, hues: String, recent: String, fading: String, selection: String
    ) -> Theme {
        var lines = [styles, "selection = \(selection)"]
        for (name, colors) in [("hue", hues), ("recentHue", recent), ("fadingHue", fading)] {
            for (index, color) in colors.split(separator: " ").enumerated() {
                lines.append("\(name)\(index) = \(color)")
            }
        }
        var theme = Theme()
        do throws(ThemeError) {
            try theme.adopt(lines.joined(separator: "\n"))
        } catch {
            preconditionFailure("line \(error.line) of a built-in theme: \(error.reason)")
        }
        return theme
    }
}
