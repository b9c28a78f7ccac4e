/// What a map keeps from one picture to the next: where ids stood, how the page lay, and memory to draw with.
///
/// Its owner only keeps it; another map needs another one.
struct MapMemory: Sendable {
    /// A visitor by its slot.
    struct Place: BitwiseCopyable {
        /// The picture that this was made for; 0 is none.
        var picture: UInt32 = 0
        var serial: UInt32 = 0
        /// Dots to a pixel.
        var across = 0.0
        var down = 0.0
        /// Where its trail has come to.
        var last = PlotCanvas.Position(x: 0, y: 0)
        var hasLast = false
        /// Samples of the trail.
        var samples: UInt32 = 0
        /// The picture in which its id was written last, and where it stood.
        var labelPicture: UInt32 = 0
        var labelSerial: UInt32 = 0
        var side = LabelPlacer.Side.right
    }

    /// A visitor of this picture.
    struct Pointer: BitwiseCopyable {
        var slot: Int
        var position: PlotCanvas.Position
        var lastMilliseconds: Int64
        /// How much it matters that this one is seen.
        var weight = 0.0
    }

    /// A cell of the page.
    struct Crowd: BitwiseCopyable {
        var pointers = 0
        var moving = 0
        /// The one of `pointers` that matters most, and its weight.
        var foremost = 0
        var weight = -1.0
    }

    /// How long the trails of a picture are.
    struct Trails: BitwiseCopyable {
        /// Hub epoch milliseconds.
        var now: Int64
        /// Everyone's.
        var milliseconds: Int64
        /// That of the visitor in slot `chosen`.
        var chosenMilliseconds: Int64
        var chosen: Int
    }

    /// A click that still spreads.
    struct Ripple: BitwiseCopyable {
        var position: PlotCanvas.Position
        var ageMilliseconds: Int64
    }

    var plot = PlotCanvas()
    var labels = LabelPlacer()
    var proportions = MapProportions()
    /// Where the whole page lay, and for which plot and scale.
    var fitted = MapPage()
    /// What the lens made of it, and what was seen.
    var frame = MapFrame()
    var page = MapPage()
    /// Dots of the whole page, and how many of them lie left of what is seen and above it.
    var wholeWidth = 0.0
    var wholeHeight = 0.0
    var left = 0.0
    var top = 0.0
    var pagePlot = Rect.none
    var pageScale = MapScale.viewport
    /// Numbers pictures.
    var picture: UInt32 = 0
    var places: [Place] = []
    var pointers: [Pointer] = []
    /// How many of them are not at rest.
    var moving = 0
    /// How long trails were in the last picture.
    var trailMilliseconds: Int64 = 0
    var crowds: [Crowd] = []
    /// A ring of the newest.
    var ripples: [Ripple] = []
    var rippleCount = 0
    /// Those of `pointers` whose ids are tried, the most important in the end first.
    var named: [Int] = []
    var spots: [MapSpot] = []
}
