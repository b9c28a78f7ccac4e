/// How a worker accepts at a listener of its own.
public struct Listening: OptionSet, Equatable, Sendable {
    public let rawValue: UInt8

    /// Takes the bits of the wire.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It accepts; otherwise whoever waits there is for others.
    public static let isOpen = Listening(rawValue: 1)
    /// Others accept there, too: whoever has taken some stands at the end of their line again.
    public static let isShared = Listening(rawValue: 2)
    /// Connections of other machines wait for the master's verdict before anything of them is read.
    public static let judgesOthers = Listening(rawValue: 4)
    /// And those of this machine.
    public static let judgesLoopback = Listening(rawValue: 8)

    static let all: Listening = [.isOpen, .isShared, .judgesOthers, .judgesLoopback]

    /// Whether a connection waits for the master's verdict; over a Unix socket, where there is no address,
    /// none does.
    public func judges(isLoopback: Bool) -> Bool {
        contains(isLoopback ? .judgesLoopback : .judgesOthers)
    }
}
