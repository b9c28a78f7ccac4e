import ByteCore
import ControlWire
import PosixIO
import TerminalGraph

/// The socket over which whoever sits at the server's own terminal asks it for something.
final class OperatorLine {
    private let stream: ByteStream
    private var talk = OperatorTalk()
    /// When it is to be said that there is no answer yet, monotonic nanoseconds.
    private(set) var deadline: Int64?
    /// Nothing more will come.
    private(set) var hasEnded = false

    init(_ end: consuming Descriptor) { stream = ByteStream(end) }

    /// For the poller.
    var raw: Int32 { stream.raw }

    /// Asks for something; returns why not.
    func ask(_ deed: OperatorDeed, now: Int64) -> String? {
        guard !hasEnded else { return "the server does not listen to this terminal any more" }
        guard let request = talk.begin(deed) else {
            return "\(talk.pending?.words ?? "something else") is still under way"
        }
        deadline = now + TopLimits.nanoseconds(TopLimits.operatorSeconds)
        send(request)
        return nil
    }

    /// Reads what there is; returns what came of what was asked for, once.
    func read() -> OperatorOutcome? {
        unsafe withUnsafeTemporaryAllocation(byteCount: TopLimits.operatorBytes, alignment: 8) { room in
            switch unsafe stream.read(into: room) {
            case .bytes(let count): unsafe talk.received(UnsafeRawBufferPointer(rebasing: room[..<count]))
            case .wouldBlock: break
            case .endOfFile, .failed: hasEnded = true
            }
        }
        while true {
            switch talk.next() {
            case .send(let request): send(request)
            case .told(let outcome): return told(outcome)
            case .nothing:
                guard hasEnded, case .told(let outcome) = talk.ended() else { return nil }
                return told(outcome)
            }
        }
    }

    private func told(_ outcome: OperatorOutcome) -> OperatorOutcome {
        deadline = nil
        return outcome
    }

    /// What the server has not answered for long, once.
    func takeLate(now: Int64) -> OperatorDeed? {
        guard let deadline, now >= deadline else { return nil }
        self.deadline = nil
        return talk.pending
    }

    private func send(_ request: ControlRequest) {
        var line = ByteBuffer(capacity: ControlLimits.requestBytes)
        line.appendControl(request)
        // A line that short fits into an empty buffer; where nobody reads it, the answer will not come.
        _ = unsafe stream.write(line.readable)
    }
}
