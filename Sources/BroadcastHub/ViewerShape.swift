public import FramesShape
public import SSEWire

/// What a viewer gets.
public enum ViewerShape: Equatable, Sendable {
    /// One message for every sample and kill.
    case samples
    /// What changed, once a tick.
    case frames(FrameRate)
}

/// Where a new viewer wants to begin.
public enum ResumeRequest: Equatable, Sendable {
    /// At the head: it named no event.
    case head
    /// After an event it had.
    case after(LastEventID)
    /// After an event that no hub ever named.
    case unreadable

    /// What the value of `Last-Event-ID` or `last-event-id` asks for; nil or nothing stands for the head.
    public init(lastEventID: UnsafeRawBufferPointer?) {
        guard let lastEventID, !lastEventID.isEmpty else {
            self = .head
            return
        }
        self = LastEventID.parse(lastEventID).map { .after($0) } ?? .unreadable
    }
}

/// Why a viewer went; the label of what it had not been given.
public enum DetachReason: Int, CaseIterable, Sendable {
    /// The client closed the stream.
    case closed
    /// Writing failed.
    case failed
    /// No progress for too long.
    case stalled
    /// The server stops.
    case stopped
    /// It wants to see others from here on.
    case refiltered

    /// The value of the metric's label.
    public var label: StaticString {
        switch self {
        case .closed: "closed"
        case .failed: "failed"
        case .stalled: "stalled"
        case .stopped: "stopped"
        case .refiltered: "refiltered"
        }
    }
}

/// Names a viewer; one that has been detached is never named again.
public struct ViewerID: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32
    /// The number of the scope that holds it; 0 for who sees everything.
    var scope: UInt32 = 0
}

/// What `fillVectors` found.
public struct OutputSize: Equatable, Sendable {
    /// Vectors filled.
    public var vectorCount = 0
    /// Bytes in them.
    public var byteCount = 0
}
