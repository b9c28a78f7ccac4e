import BroadcastHub
import HTTPWire
import ProxyWire

/// Why an event stream ended.
enum ViewerCloseReason: Int, CaseIterable {
    /// The peer ended it.
    case gone
    /// Ten minutes without progress.
    case slow
    /// Writing failed.
    case failed
    /// No memory was left for the rest of the message that it was in the middle of.
    case memory
    /// It sent more than a viewer has to say.
    case input
    /// The server stopped.
    case stopped
    /// Its session or token has ended.
    case signedOut

    var word: StaticString {
        switch self {
        case .gone: "gone"
        case .slow: "slow"
        case .failed: "failed"
        case .memory: "memory"
        case .input: "input"
        case .stopped: "stopped"
        case .signedOut: "signed_out"
        }
    }
}

/// What the port has done since it started.
struct GatewayCounters {
    var connectionsAccepted: UInt64 = 0
    var connectionsRefused: UInt64 = 0
    /// Of the accepted, closed for want of memory, and to make room for newcomers.
    var connectionsStarved: UInt64 = 0
    var connectionsEvicted: UInt64 = 0
    /// By `ProxyHeaderFault.rawValue`: connections closed at their start.
    var proxyHeaders = [UInt64](repeating: 0, count: ProxyHeaderFault.allCases.count)
    /// By `ForwardedFault.rawValue`: requests of which a proxy named no client that could be read.
    var forwarded = [UInt64](repeating: 0, count: ForwardedFault.allCases.count)
    /// Shared answers that there was no memory for.
    var answersRefused: UInt64 = 0
    /// Requests for a host that is not served here.
    var hostsRefused: UInt64 = 0
    var acceptPauses: UInt64 = 0
    var timeouts: UInt64 = 0
    var bytesSent: UInt64 = 0
    var viewersAccepted: UInt64 = 0
    var viewersRefused: UInt64 = 0
    /// By `LookRefusal.rawValue`.
    var looks = [UInt64](repeating: 0, count: LookRefusal.allCases.count)
    /// By `FilterOutcome.rawValue`.
    var filters = [UInt64](repeating: 0, count: FilterOutcome.allCases.count)
    /// By `PollOutcome.rawValue`.
    var polls = [UInt64](repeating: 0, count: PollOutcome.allCases.count)
    /// By `ViewerCloseReason.rawValue`.
    var viewersClosed = [UInt64](repeating: 0, count: ViewerCloseReason.allCases.count)
    /// By the status code's first digit.
    var requests = [UInt64](repeating: 0, count: 6)

    mutating func count(_ status: HTTPStatus) { requests[Int(status.rawValue / 100)] += 1 }

    mutating func count(_ refusal: FilterOutcome) { filters[refusal.rawValue] += 1 }

    mutating func count(_ outcome: PollOutcome) { polls[outcome.rawValue] += 1 }

    mutating func count(_ refusal: LookRefusal) { looks[refusal.rawValue] += 1 }

    mutating func count(_ reason: ViewerCloseReason) { viewersClosed[reason.rawValue] += 1 }

    mutating func count(_ fault: ProxyHeaderFault) { proxyHeaders[Int(fault.rawValue)] += 1 }

    mutating func count(_ fault: ForwardedFault) { forwarded[Int(fault.rawValue)] += 1 }
}

extension ViewerCloseReason {
    /// The hub's word for it.
    var detachReason: DetachReason {
        switch self {
        case .gone, .input, .signedOut: .closed
        case .slow, .memory: .stalled
        case .failed: .failed
        case .stopped: .stopped
        }
    }
}
