/// What the person at the terminal did.
public enum TerminalInput: Sendable, Equatable {
    case key(Key)
    case mouse(MouseEvent)
    /// One character of a text from the clipboard: something to write into a prompt, never a command.
    case paste(Unicode.Scalar)

    /// Whether it tells that somebody sits there who looks.
    public var isByHand: Bool {
        switch self {
        case .key, .paste: true
        case .mouse(let event):
            switch event.action {
            case .press, .wheelUp, .wheelDown: true
            default: false
            }
        }
    }
}

/// What the mouse did over the terminal.
public struct MouseEvent: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        case press(Button)
        /// It moved while a button was down.
        case drag(Button)
        case release
        case wheelUp
        case wheelDown
    }

    public enum Button: Sendable, Equatable {
        case left
        case middle
        case right
    }

    public var action: Action
    /// The cell, counted from 0 at the upper left.
    public var row: Int
    public var column: Int

    public init(_ action: Action, row: Int, column: Int) {
        self.action = action
        self.row = row
        self.column = column
    }
}
