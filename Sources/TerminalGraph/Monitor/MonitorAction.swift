/// What a key, a click or a turn of the wheel makes the monitor do.
enum MonitorAction: Equatable, Sendable {
    /// How far something moves through a list or a text.
    enum Motion: Equatable, Sendable {
        case rows(Int)
        case halfPages(Int)
        case pages(Int)
        case first
        case last

        /// The same the other way, for a list whose newest line is its last.
        var reversed: Motion {
            switch self {
            case .rows(let count): .rows(-count)
            case .halfPages(let count): .halfPages(-count)
            case .pages(let count): .pages(-count)
            case .first: .last
            case .last: .first
            }
        }
    }

    /// What happens to the line that is being typed.
    enum Edit: Equatable, Sendable {
        case left
        case right
        case start
        case end
        case removeBefore
        case removeAfter
        case removeWord
        case clear
    }

    case show(MonitorView)
    /// The view so many tabs further on.
    case turn(Int)
    case move(Motion)
    /// The visitor so many places further down the order.
    case step(Int)
    case open
    case back
    /// Shows the path of the most active visitor.
    case busiest
    /// The order so many columns further on.
    case order(Int)
    case reverse
    case pause
    /// -1 looks at less and closer, 1 at more and from further away.
    case zoom(Int)
    /// The chart's scale so many steps higher.
    case scale(Int)
    case fitScale
    /// The map so many steps closer, and all of it.
    case zoomMap(Int)
    case wholeMap
    /// The trails on the map so many steps longer.
    case trails(Int)
    /// The time that a path shows so many steps longer.
    case pathWindow(Int)
    case clearPath
    /// What can be done with what is chosen.
    case popup
    case closePopup
    case takeEntry
    case closeCard
    case mapScale
    case mapLabels
    case filter
    case edit(Edit)
    case takeFilter
    case dropFilter
    /// A command line is opened with `text` in it.
    case command(String)
    case runCommand
    case dropCommand
    case complete
    case nextTheme
    /// Pictures a second, so many steps more.
    case pictureRate(Int)
    case copy
    case menu
    /// The list of what went wrong.
    case incidents
    case closeIncidents
    case closeMenu
    /// The setting that is chosen, so many steps on.
    case change(Int)
    case resetSettings
    case help
    case closeHelp
    /// Something to be done to a worker, which is asked about first.
    case operate(OperatorDeed.Kind)
    case confirmDeed
    case dropDeed
    case redraw
    case suspend
    case detach
    case quit
    case quitForSure
}
