import BroadcastHub
import ByteCore
public import FramesShape
public import PosixIO

/// The terminal's process of this server, and how it takes its leave.
struct Front {
    /// Its connection.
    let token: Token
    var lines = FrontLines()
    /// It asked to be let go and has not been answered.
    var owesAnswer = false
}

/// The stream of this server's own terminal.
extension ViewerGateway {
    /// What stands for a name in the audience; no request can choose it.
    static let frontName = Array("(terminal)".utf8)

    /// Whether the terminal's stream is attached; turns false when its process has gone.
    public var isFrontAttached: Bool { front != nil }

    /// Serves the terminal over its socketpair: the frames shape at `rate`, without an HTTP head.
    ///
    /// There is one at a time; a further one takes its place. It may say `detach` and a line feed: then
    /// `isFrontDetached` turns true, and the answer is `event: detached` with the server's process id. A line
    /// `look ID` says whom somebody looks at closely.
    public func attachFront(
        _ descriptor: consuming Descriptor, rate: FrameRate = .hz10, _ poller: borrowing Poller, now: Int64
    ) {
        if let front { close(front.token, .gone, poller) }
        isFrontDetached = false
        // It came from another process; one write that waits would hold up everyone.
        try? descriptor.setNonBlocking()
        let transport = SocketTransport(descriptor)
        guard
            let token = insert(
                Connection(transport, from: .unixSocket, budget: requestBudget, now: now), poller),
            let connection = unsafe connections.find(token)
        else { return }
        unsafe connection.pointee.name = Self.frontName
        let id = hub.attach(shape: .frames(rate), resume: .head, isEssential: true, now: now)
        unsafe attach(connection, id, .frames(rate), token, poller, isFront: true, now: now)
        front = Front(token: token)
    }

    /// Takes what a stream's peer says; nobody but the terminal has anything to say.
    func hear(_ bytes: UnsafeRawBufferPointer, from token: Token) {
        guard front?.token == token, let connection = unsafe connections.find(token) else { return }
        var wantsToDetach = false
        unsafe front?.lines.receive(bytes) { word, length in
            // What is understood is not too much of it, however long somebody sits there.
            unsafe connection.pointee.discarded = max(0, connection.pointee.discarded - length)
            switch word {
            case .detach: wantsToDetach = true
            case .look(let id): unsafe look(at: id, connection)
            }
        }
        guard wantsToDetach, !isFrontDetached else { return }
        isFrontDetached = true
        front?.owesAnswer = true
        unsafe answerDetach(connection)
        unsafe connection.pointee.round?.isDue = true
    }

    /// Tells the terminal's process that it may go, once that cannot fall into the middle of a message.
    func answerDetach(_ connection: UnsafeMutablePointer<Connection>) {
        guard front?.owesAnswer == true, let round = unsafe connection.pointee.round,
            unsafe hub.isBetweenMessages(round.viewers[connection.pointee.place].id)
        else { return }
        front?.owesAnswer = false
        unsafe connection.pointee.exchange.outgoing.text.append("event: detached\ndata: {\"pid\":")
        unsafe connection.pointee.exchange.outgoing.text.appendDecimal(Int64(ProcessMemory.ownPid))
        unsafe connection.pointee.exchange.outgoing.text.append("}\n\n")
    }
}
