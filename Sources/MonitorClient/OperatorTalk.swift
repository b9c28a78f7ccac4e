import ByteCore
import ControlWire
import TerminalGraph

/// What came of something that was asked of the server.
struct OperatorOutcome: Equatable {
    var deed: OperatorDeed
    var isDone: Bool
    /// What there is to say of it, in the server's words: not safe for a screen yet.
    var words: String
}

/// What whoever sits at the terminal asks of the server, one thing at a time: the client's end of the control
/// protocol, without a socket.
///
/// A deed is about the process that was seen on the screen, a request about a place: so the place is looked
/// at first, and what is in it by now is left alone where it is another process.
///
/// ```
///        begin             it is still there             done, error
///  idle -------> looking ----------------------> asked -------------> idle
///                   | another process, error
///                   v
///                 idle
/// ```
struct OperatorTalk: ~Copyable {
    /// What comes next of what was received.
    enum Step: Equatable {
        /// Nothing before more is received.
        case nothing
        case send(ControlRequest)
        case told(OperatorOutcome)
    }

    private enum State {
        case idle
        case looking(OperatorDeed, isThere: Bool)
        case asked(OperatorDeed, notes: [String])
    }

    private var state = State.idle
    private var inbound = ByteBuffer(capacity: 1024)

    /// What was asked for and is not answered.
    var pending: OperatorDeed? {
        switch state {
        case .idle: nil
        case .looking(let deed, _), .asked(let deed, _): deed
        }
    }

    /// Begins with a deed; returns what is to be sent, nil while another is pending.
    mutating func begin(_ deed: OperatorDeed) -> ControlRequest? {
        guard pending == nil else { return nil }
        guard deed.number > 0 else {
            state = .asked(deed, notes: [])
            return Self.request(for: deed)
        }
        state = .looking(deed, isThere: false)
        return .info(deed.number)
    }

    private static func request(for deed: OperatorDeed) -> ControlRequest {
        switch deed.kind {
        case .drain: .drain(deed.number)
        case .restart: .restart(deed.number)
        case .reload: .reload
        }
    }

    /// Takes what was read.
    mutating func received(_ bytes: UnsafeRawBufferPointer) { unsafe inbound.append(bytes) }

    /// The next step; to be asked for until there is `nothing`.
    mutating func next() -> Step {
        while let end = unsafe inbound.readable.firstIndex(of: UInt8(ascii: "\n")) {
            let answer = unsafe ControlAnswer(UnsafeRawBufferPointer(rebasing: inbound.readable[..<end]))
            inbound.consume(end + 1)
            guard let answer else { return self.end("it said what is no answer") }
            let step = take(answer)
            if step != .nothing { return step }
        }
        return inbound.count > ControlLimits.answerBytes ? end("its answer has no end") : .nothing
    }

    /// Takes in that nothing more will come.
    mutating func ended() -> Step { end("the server does not answer any more") }

    private mutating func take(_ answer: ControlAnswer) -> Step {
        switch (state, answer) {
        case (.looking(let deed, let isThere), .item("worker", let value)):
            let worker = unsafe value.withUnsafeBytes { unsafe ControlValue($0) }
            state = .looking(deed, isThere: isThere || worker?["pid"]?.count == Int(deed.pid))
        case (.looking(let deed, true), .done):
            state = .asked(deed, notes: [])
            return .send(Self.request(for: deed))
        case (.looking(let deed, false), .done):
            return end(
                deed.pid > 0
                    ? "not done, it is gone meanwhile" : "not done, a process runs there meanwhile")
        case (.asked(let deed, var notes), .item("note", let value)):
            if let text = unsafe value.withUnsafeBytes({ unsafe ControlValue($0)?.text }) {
                notes.append(text)
            }
            state = .asked(deed, notes: notes)
        case (.asked(let deed, let notes), .done):
            state = .idle
            return .told(OperatorOutcome(deed: deed, isDone: true, words: Self.words(of: notes)))
        case (_, .error(let refusal)): return end("not done, \(refusal.reason)")
        default: break
        }
        return .nothing
    }

    /// What the server said, without the name of the deed, which whoever reads it knows.
    private static func words(of notes: [String]) -> String {
        let told = notes.map { note in
            guard let colon = note.firstIndex(of: ":"), note[colon...].hasPrefix(": ") else { return note }
            return String(note[note.index(colon, offsetBy: 2)...])
        }
        return told.isEmpty ? "done" : told.joined(separator: "; ")
    }

    private mutating func end(_ why: String) -> Step {
        guard let deed = pending else { return .nothing }
        state = .idle
        return .told(OperatorOutcome(deed: deed, isDone: false, words: why))
    }
}
