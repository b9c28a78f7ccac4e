import ByteCore
import PosixIO
import ProxyWire
import Telemetry

/// Connections that a proxy passes on, each behind a header that says whose it is.
///
/// The master never reads a byte that a stranger sent, so this is done here. Of who is behind the proxy no
/// more is kept than what tells it from others where a turn is shared.
extension IngestWorker {
    /// Has a new connection begin with its header; false where its peer may not connect, and then it is over.
    mutating func awaitProxyHeader(_ token: Token) -> Bool {
        guard let connection = unsafe connections.find(token), let proxies else { return false }
        unsafe connection.pointee.phase = .proxyHeader
        guard !proxies.isEmpty else { return true }
        // Who has gone already is nobody.
        if let peer = unsafe PeerAddress.of(connection.pointee.stream.raw), proxies.contains(peer) {
            return true
        }
        closeUnheard(token, .untrusted)
        return false
    }

    /// Judges a header that may have come in parts; returns its length once it is whole.
    mutating func takeProxyHeader(
        _ bytes: UnsafeMutableRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Int? {
        if unsafe isProxyHeaderLate(connection) {
            closeUnheard(token, .late)
            return nil
        }
        let borrowed = UnsafeRawBufferPointer(bytes)
        switch unsafe ProxyHeader.parse(borrowed) {
        case .incomplete:
            unsafe connection.pointee.neededBytes = borrowed.count + WorkerLimits.headGrowthBytes
            unsafe connection.pointee.spill.keep(borrowed)
            account(for: token)
            return nil
        case .refused(let fault):
            closeUnheard(token, fault)
            return nil
        case .header(let source, let count):
            if case .address(let address) = source {
                unsafe connection.pointee.addressKey = key(of: address)
            }
            unsafe connection.pointee.phase = .handshake
            unsafe connection.pointee.sinceSeconds = nowSeconds
            return count
        }
    }

    /// Whether it is later than a header may be; told in whole seconds, so up to one more is given.
    func isProxyHeaderLate(_ connection: UnsafeMutablePointer<VisitorConnection>) -> Bool {
        unsafe nowSeconds - connection.pointee.sinceSeconds > ProxyLimits.headerNanoseconds / 1_000_000_000
    }

    /// Ends a connection that has not begun as it has to.
    mutating func closeUnheard(_ token: Token, _ fault: ProxyHeaderFault) {
        switch fault {
        case .absent: counters.add(.proxyHeadersAbsent)
        case .malformed: counters.add(.proxyHeadersMalformed)
        case .tooLong: counters.add(.proxyHeadersTooLong)
        case .late: counters.add(.proxyHeadersLate)
        case .untrusted: counters.add(.proxyPeersUntrusted)
        }
        drop(token)
    }
}
