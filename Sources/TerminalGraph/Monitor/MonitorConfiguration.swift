public import LiveModel

extension Monitor {
    /// What quitting does, which decides whether it is asked about.
    public enum Quitting: Sendable, Equatable {
        /// The server ends with the monitor.
        case stopsServer
        /// Only the monitor goes.
        case leaves
    }

    /// What the owner decides before the first picture.
    public struct Configuration: Sendable {
        public var quitting = Quitting.leaves
        /// Whether the owner can leave the server running without a terminal.
        public var canDetach = false
        /// Whether the owner can ask the server to do something to its workers.
        public var operates = false
        /// Where the server is, for the line of tabs; nil where that goes without saying.
        public var title: String?
        public var settings = MonitorSettings()
        /// The filter that one of the lists starts with.
        public var filter: VisitorFilter?
        /// The name of the theme that it starts with where none is remembered; nil for one out of a file.
        public var theme: String? = Theme.names[0]
        public var picturesPerSecond = 10
        /// Whether these two hold whatever is remembered, until another is chosen.
        public var isThemeGiven = false
        public var isRateGiven = false
        /// Where settings are kept, for whoever looks at them; nil for nowhere.
        public var settingsPath: String?

        public init() {}
    }

    /// What an input asks of the owner.
    public enum Command: Sendable, Equatable {
        /// Put a text on the clipboard of whoever sits at the terminal.
        case copy(String)
        /// Put what is seen into a file.
        case write(PictureFormat, name: String)
        case none
        case quit
        /// Leave the server running without a terminal.
        case detach
        /// Give the terminal back to the shell until told to go on.
        case suspend
        /// Paint every cell again.
        case redraw
        /// Ask the server to do something to its workers; it was confirmed.
        case operate(OperatorDeed)
        /// `settings` are others now and worth keeping.
        case settingsChanged
    }
}
