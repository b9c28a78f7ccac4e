import ByteCore
import ClusterSupervisor
import RelayWire
import Telemetry

/// What was turned away, and why: the same figures for `/metrics` and for the status.
extension Master {
    /// A reason and how often it was given since the start.
    typealias Refusal = (reason: StaticString, count: UInt64)

    /// Messages refused, by close code.
    var messageRefusals: [Refusal] {
        [
            ("1002", cluster.sum(of: .messagesRefused1002)), ("1003", cluster.sum(of: .messagesRefused1003)),
            ("1007", cluster.sum(of: .messagesRefused1007)), ("1008", cluster.sum(of: .messagesRefused1008)),
            ("1009", cluster.sum(of: .messagesRefused1009)), ("1013", cluster.sum(of: .messagesRefused1013)),
        ]
    }

    /// Messages that were over a bound of size.
    var messageLimits: [Refusal] {
        [
            ("bytes", cluster.sum(of: .messagesTooLong)),
            ("fragments", cluster.sum(of: .messagesInFragments)),
        ]
    }

    /// Requests to post events that were refused.
    var postRefusals: [Refusal] {
        [
            ("host", cluster.sum(of: .postsRefusedHost)), ("method", cluster.sum(of: .postsRefusedMethod)),
            ("origin", cluster.sum(of: .postsRefusedOrigin)),
            ("framing", cluster.sum(of: .postsRefusedFraming)),
            ("gpc", cluster.sum(of: .postsRefusedPrivacy)),
            ("expectation", cluster.sum(of: .postsRefusedExpectation)),
            ("media_type", cluster.sum(of: .postsRefusedMediaType)),
            ("too_big", cluster.sum(of: .postsRefusedTooBig)),
            ("events", cluster.sum(of: .postsRefusedEvents)), ("late", cluster.sum(of: .postsRefusedLate)),
            ("no_room", cluster.sum(of: .postsRefusedNoRoom)), ("rate", cluster.sum(of: .postsRefusedRate)),
        ]
    }

    /// Connections turned away or cut.
    var connectionRefusals: [Refusal] {
        cluster.refusals + [
            ("handshake", cluster.sum(of: .handshakesRefused)), ("origin", cluster.sum(of: .originRefused)),
            ("head", cluster.sum(of: .headsTooLarge)),
            ("event_rate", cluster.sum(of: .eventRateExceeded)),
            ("byte_rate", cluster.sum(of: .byteRateExceeded)),
            ("handshake_timeout", cluster.sum(of: .handshakeTimeouts)),
            ("idle_timeout", cluster.sum(of: .idleTimeouts)), ("slow_peer", cluster.sum(of: .slowPeersCut)),
            ("message_timeout", cluster.sum(of: .messageTimeouts)),
            ("memory", cluster.sum(of: .memoryRefused)),
            ("descriptor_dropped", cluster.sum(of: .descriptorsDropped)),
            ("proxy_absent", cluster.sum(of: .proxyHeadersAbsent)),
            ("proxy_malformed", cluster.sum(of: .proxyHeadersMalformed)),
            ("proxy_too_long", cluster.sum(of: .proxyHeadersTooLong)),
            ("proxy_late", cluster.sum(of: .proxyHeadersLate)),
            ("proxy_untrusted", cluster.sum(of: .proxyPeersUntrusted)),
            ("gpc", cluster.sum(of: .privacyRefused)),
            ("hello_timeout", cluster.sum(of: .helloTimeouts)),
            ("identity", cluster.sum(of: .identitiesRefused)),
        ]
    }

    func appendRefusals(to text: inout ByteBuffer) {
        text.append("{")
        for (index, refusal) in (messageRefusals + connectionRefusals).enumerated() {
            text.append(index == 0 ? "\"" : ",\"")
            text.append(refusal.reason)
            text.append("\":")
            text.appendDecimal(refusal.count)
        }
        for refusal in postRefusals {
            text.append(",\"post_")
            text.append(refusal.reason)
            text.append("\":")
            text.appendDecimal(refusal.count)
        }
        text.append("}")
    }

    func appendLog(to text: inout ByteBuffer, limit: Int) { log.recent.append(to: &text, limit: limit) }
}

/// Telling of it.
extension Master {
    /// Tells workers who may speak for the identity that a token was shown for, and who is to be closed.
    func sendVerdicts() {
        for (channel, order) in verdicts { cluster.tell(order, onChannel: channel, poller) }
        verdicts.removeAll(keepingCapacity: true)
    }

    /// Says once a second that visitors were turned away, because there was no room for more of them or for
    /// what they had half sent.
    func noteRefusals() {
        let memory = cluster.sum(of: .memoryRefused)
        // A worker counts on meanwhile: what is counted for memory alone comes first.
        let otherwise = cluster.sum(of: .memoryRefused1013)
        let visitors = max(cluster.sum(of: .messagesRefused1013), otherwise) - otherwise
        noteRefusals("visitors_refused", visitors, since: &refusedVisitors)
        noteRefusals("memory_refused", memory, since: &refusedForMemory)
    }

    private func noteRefusals(_ event: StaticString, _ count: UInt64, since before: inout UInt64) {
        guard count > before else { return }
        let more = count - before
        log.write(event) { $0.add("count", Int64(clamping: more)) }
        before = count
    }
}
