import ByteCore
import ControlWire
import Glibc
import PosixIO
import Telemetry

/// The control socket, and the operator at the server's own terminal: takes requests, hands them to the
/// master, and writes the answers, none of which holds up the loop.
final class ControlDesk {
    /// What the master makes of a request.
    enum Answer {
        /// It was appended, but for its end.
        case done
        case refused(ControlRefusal)
        /// These lines are the answer.
        case lines(ControlSource, from: UInt64, end: UInt64?)
        /// It comes with `finish` of this number.
        case later(UInt64)
    }

    /// The listening socket.
    final class Door {
        let listener: Listener

        init(at address: SocketAddress) throws(SystemError) {
            listener = try Listener(on: address, isPrivate: true)
        }

        init(_ listener: consuming Listener) { self.listener = listener }
    }

    /// Where the socket is; nil where only the server's own terminal asks.
    let address: SocketAddress?
    private(set) var door: Door?
    let kind: UInt8
    let version: String
    /// What the master does with requests; to be set before the first turn.
    var answer: (ControlRequest, inout ByteBuffer) -> Answer = { _, _ in .done }
    /// A ring's oldest and next number, and a line of it.
    var bounds: (ControlSource) -> (oldest: UInt64, next: UInt64) = { _ in (0, 0) }
    var line: (ControlSource, UInt64) -> [UInt8]? = { _, _ in nil }
    var clients = Slab<ControlClient>()
    /// The client that is the server's own terminal, as long as it is there.
    var ownClient: Token?
    /// Requests by the place of their word, and those turned away by that of the reason.
    var requests = [UInt64](repeating: 0, count: ControlRequest.Word.allCases.count)
    var cuts = [UInt64](repeating: 0, count: ControlCut.allCases.count)
    var acceptsAgainAt: Int64?

    /// Listens at `address`, if at all; `kind` and the number behind it are the token kinds of the listener
    /// and of clients.
    init(
        at address: SocketAddress?, version: String, kind: UInt8, _ poller: borrowing Poller
    ) throws(SystemError) {
        self.address = address
        self.version = version
        self.kind = kind
        guard let address else {
            door = nil
            return
        }
        let door = try Door(at: address)
        try poller.add(door.listener.raw, for: .readable, token: Token(kind: kind))
        self.door = door
    }

    /// Listens where the program before in this process did, if at all, and is watched by nobody yet.
    init(listeningOn listener: consuming Listener?, version: String, kind: UInt8) {
        switch consume listener {
        case .some(let listener):
            address = listener.address
            door = Door(listener)
        case .none:
            address = nil
            door = nil
        }
        self.version = version
        self.kind = kind
    }

    /// What lies where the socket's file was made.
    var socketFile: ListenerFileState { door?.listener.fileState ?? .own }

    /// Listens there once more, as somebody has removed the file; clients stay.
    func listenAnew(_ poller: borrowing Poller) throws(SystemError) {
        guard let address else { return }
        let fresh = try Door(at: address)
        try poller.add(fresh.listener.raw, for: .readable, token: Token(kind: kind))
        if let door, acceptsAgainAt == nil { poller.remove(door.listener.raw) }
        acceptsAgainAt = nil
        door = fresh
    }

    /// Clients that are connected, the server's own terminal not counted.
    var clientCount: Int { clients.count - (ownClient == nil ? 0 : 1) }

    func owns(_ token: Token) -> Bool { token.kind == kind || token.kind == kind + 1 }

    /// Takes an event of one of its descriptors.
    func handle(_ event: ReadyEvent, _ poller: borrowing Poller, now: Int64) {
        guard event.token.kind != kind else { return accept(poller, now: now) }
        if event.isReadable { read(event.token, now: now) }
        work(on: event.token, poller, now: now)
    }

    /// Tells readers of lines what has come since; to be called every turn of the loop.
    func serve(_ poller: borrowing Poller, now: Int64) {
        unsafe forEach { token, client in
            guard unsafe client.pointee.task != .nothing else { return }
            work(on: token, poller, now: now)
        }
    }

    /// When it wants a turn of the loop at the latest.
    var nextDeadline: Int64? {
        var next = acceptsAgainAt
        unsafe forEach { _, client in
            guard unsafe !client.pointee.outbound.isEmpty else { return }
            let due = unsafe client.pointee.movedAt + MasterLimits.controlStallNanoseconds
            next = min(next ?? due, due)
        }
        return next
    }

    /// Lets go of those who do not take the end of what they are told.
    func tick(_ poller: borrowing Poller, now: Int64) {
        if let time = acceptsAgainAt, now >= time, let raw = door?.listener.raw {
            acceptsAgainAt = nil
            try? poller.add(raw, for: .readable, token: Token(kind: kind))
        }
        unsafe forEach { token, client in
            guard unsafe client.pointee.isEnding,
                unsafe now - client.pointee.movedAt >= MasterLimits.controlStallNanoseconds
            else { return }
            drop(token.index)
        }
    }

    /// A request that took time has its answer.
    func finish(
        _ number: UInt64, _ refusal: ControlRefusal?, notes: [String] = [], _ poller: borrowing Poller,
        now: Int64
    ) {
        unsafe forEach { token, client in
            guard unsafe client.pointee.task == .awaiting(number) else { return }
            unsafe client.pointee.task = .nothing
            unsafe client.pointee.outbound.append { output in
                for note in notes { output.appendControlNote(note) }
                if let refusal { output.appendControlError(refusal) } else { output.appendControlDone() }
            }
            unsafe client.pointee.session.answered()
            work(on: token, poller, now: now)
        }
    }

    /// Writes what is pending, as far as nobody waits, and removes the file. Connections end with the
    /// process: who waits for its end is told by that.
    func end() {
        unsafe forEach { _, client in
            _ = unsafe client.pointee.outbound.flush(to: client.pointee.stream)
        }
        door?.listener.removeFile()
    }

    func drop(_ index: UInt32) {
        if ownClient?.index == index { ownClient = nil }
        _ = clients.remove(index)
    }

    func forEach(_ body: (Token, UnsafeMutablePointer<ControlClient>) -> Void) {
        for index in 0..<clients.slotCount {
            guard let (client, generation) = unsafe clients.at(index) else { continue }
            unsafe body(Token(kind: kind + 1, index: UInt32(index), generation: generation), client)
        }
    }
}
