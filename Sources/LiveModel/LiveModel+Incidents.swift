/// How the connection was lost, as its owner knows it.
public struct ConnectionLoss: Sendable, Equatable {
    /// Why, behind the server's name: `cannot be reached: Connection refused`.
    public var why: String
    /// When it is tried again, monotonic nanoseconds.
    public var retryNanoseconds: Int64

    public init(why: String, retryNanoseconds: Int64) {
        self.why = why
        self.retryNanoseconds = retryNanoseconds
    }
}

/// What is known of a connection that is lost or silent.
struct LinkTroubles: Sendable {
    var loss: ConnectionLoss?
    /// The number of the incident of a connection that is lost, and since when, monotonic nanoseconds.
    var incident: Int?
    var lostNanoseconds: Int64 = 0
    /// The same of a server that says nothing.
    var silence: Int?
    var silentNanoseconds: Int64 = 0
}

/// What went wrong.
extension LiveModel {
    /// The newest incidents, oldest first.
    public var incidents: [Incident] { incidentMemory.incidents }

    /// Why there is no connection, while it is `reconnecting`.
    public var connectionLoss: ConnectionLoss? {
        if case .reconnecting = link { troubles.loss } else { nil }
    }

    /// Whole seconds until the connection is tried again, at least 0; nil where none is lost.
    public func secondsToRetry(now: Int64) -> Int? {
        connectionLoss.map { loss in
            let wait = max(loss.retryNanoseconds, now) - now
            return Int(clamping: (min(wait, .max - 999_999_999) + 999_999_999) / 1_000_000_000)
        }
    }

    /// Takes in that the connection is lost and that `attempt` tries to have it back have failed, the last
    /// for the reason in `loss`.
    public mutating func lostConnection(attempt: Int, _ loss: ConnectionLoss, now: Int64) {
        connectionLost()
        link = .reconnecting(attempt: attempt)
        troubles.loss = loss
        if troubles.silence != nil { endSilence(now: now) }
        guard troubles.incident == nil else { return }
        troubles.incident = incidentMemory.add(
            Incident(.link, at: milliseconds(now: now), "the server \(loss.why)", isOpen: true))
        troubles.lostNanoseconds = now
    }

    /// Takes in that the server speaks again, or for the first time.
    public mutating func connectionHeld(now: Int64) {
        link = .live
        guard let number = troubles.incident else { return }
        troubles.incident = nil
        let seconds = max(now - troubles.lostNanoseconds, 0) / 1_000_000_000
        incidentMemory.change(number) {
            $0.text += "; back after \(seconds) s"
            $0.isOpen = false
        }
    }

    /// Takes in that somebody at this terminal asked the server for `what`; returns its number, for
    /// `answered`.
    public mutating func asked(_ what: String, now: Int64) -> Int {
        incidentMemory.add(Incident(.request, at: milliseconds(now: now), what, isOpen: true))
    }

    /// Takes in what came of it; the end of the process `pid` belongs to it, if there is one.
    public mutating func answered(_ number: Int, _ words: String, isDone: Bool, pid: Int32) {
        incidentMemory.change(number) {
            $0.text += ": \(words)"
            $0.isOpen = false
            $0.isRefused = !isDone
        }
        if isDone, pid > 0 { incidentWatch.expect(theEndOf: Int(pid), for: number) }
    }

    /// When what is refused for that reason was last refused, in epoch milliseconds, as far as it was seen.
    public func lastRefusal(_ reason: String) -> Int64? { incidentWatch.refusedAt[reason] }

    /// A server that is there says something every second.
    mutating func watchSilence(now: Int64) {
        guard case .live = link, let heardNanoseconds else { return }
        let seconds = (now - heardNanoseconds) / 1_000_000_000
        if troubles.silence == nil, seconds >= LiveModelLimits.silenceSeconds {
            troubles.silence = incidentMemory.add(
                Incident(
                    .link, at: milliseconds(now: heardNanoseconds), "the server says nothing", isOpen: true))
            troubles.silentNanoseconds = heardNanoseconds
        } else if troubles.silence != nil, seconds < LiveModelLimits.silenceSeconds {
            endSilence(now: heardNanoseconds)
        }
    }

    private mutating func endSilence(now: Int64) {
        let seconds = max(now - troubles.silentNanoseconds, 0) / 1_000_000_000
        incidentMemory.change(troubles.silence) {
            $0.text = "the server said nothing for \(seconds) s"
            $0.isOpen = false
        }
        troubles.silence = nil
    }

    /// The hub's time at `now`, or of the last picture where it never told any.
    private func milliseconds(now: Int64) -> Int64 { clock.milliseconds(now: now) ?? nowMilliseconds }
}
