import ByteCore

/// What one client of the control socket has sent, at the server's end: bytes to requests, one at a time.
///
/// ```
///             request                 stream is answered
///  listening ---------> answering ------------------------> listening
///      |  fault             |  follow, events
///      v                    v
///   refused             streaming      whatever is sent then is dropped
/// ```
public struct ControlSession: ~Copyable {
    /// What comes next of what was sent.
    public enum Step: Equatable {
        /// Nothing before more is sent, or before the last request is answered.
        case nothing
        case request(ControlRequest)
        /// Nonsense: to be said, and the connection is to be closed.
        case refuse(ControlFault)
    }

    enum State: UInt8 {
        case listening
        case answering
        case streaming
        case refused
    }

    var state = State.listening
    var inbound = ByteBuffer(capacity: ControlLimits.requestBytes)

    /// Nothing was sent yet.
    public init() {}

    /// Whether no request is being answered.
    public var isIdle: Bool { state == .listening }

    /// Takes what was read; more than a line and what may be sent ahead is kept of nobody.
    public mutating func received(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .streaming, .refused: return
        case .listening, .answering: break
        }
        let room = ControlLimits.aheadBytes + 1 - inbound.count
        unsafe inbound.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(max(0, room))))
    }

    /// The next request; to be asked for until there is `nothing`.
    public mutating func next() -> Step {
        if state != .refused, inbound.count > ControlLimits.aheadBytes { return refuse(.tooMuch) }
        guard state == .listening else { return .nothing }
        let bytes = unsafe inbound.readable
        guard let end = unsafe bytes.prefix(ControlLimits.requestBytes).firstIndex(of: UInt8(ascii: "\n"))
        else {
            return inbound.count < ControlLimits.requestBytes ? .nothing : refuse(.tooLong)
        }
        var line = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<end])
        if unsafe line.last == UInt8(ascii: "\r") {
            unsafe line = UnsafeRawBufferPointer(rebasing: line.dropLast())
        }
        do throws(ControlFault) {
            let request = unsafe try ControlRequest(line)
            inbound.consume(end + 1)
            switch request {
            case .follow, .events:
                state = .streaming
                inbound.removeAll()
            default: state = .answering
            }
            return .request(request)
        } catch {
            return refuse(error)
        }
    }

    /// The last request has its answer.
    public mutating func answered() {
        switch state {
        case .answering: state = .listening
        case .listening, .streaming, .refused: break
        }
    }

    private mutating func refuse(_ fault: ControlFault) -> Step {
        state = .refused
        inbound.removeAll()
        return .refuse(fault)
    }
}
