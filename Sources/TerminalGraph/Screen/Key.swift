/// A key as the terminal reports it.
public enum Key: Sendable, Equatable {
    /// A key that writes something.
    case character(Unicode.Scalar)
    /// Control together with a letter, which is given in upper case.
    case control(Unicode.Scalar)
    case enter
    case tab
    /// Tab together with Shift.
    case backTab
    case backspace
    case escape
    case up
    case down
    case left
    case right
    case pageUp
    case pageDown
    case home
    case end
    case insert
    case delete
    /// F1 to F12, by its number.
    case function(UInt8)
}
