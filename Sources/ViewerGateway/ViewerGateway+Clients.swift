import ByteCore
import HTTPWire
import ProxyWire

/// Who is asking.
extension ViewerGateway {
    /// Whom the request in `head` is from, whose bytes are `request`: its connection's peer, or who a trusted
    /// proxy says is behind that. What such a proxy says and cannot be read is counted.
    func client(
        of request: UnsafeRawBufferPointer, _ connection: UnsafeMutablePointer<Connection>
    ) -> ClientAddress {
        let source = unsafe connection.pointee.source
        guard unsafe isFromTrustedProxy(connection) else { return source }
        let finding = unsafe settings.trust.client(source, head.fields, in: request)
        if let fault = finding.fault { counters.count(fault) }
        return finding.client
    }

    /// Whether a connection is from a trusted proxy itself, so that what its requests say of somebody is that
    /// proxy's word; never where a PROXY header names nobody.
    func isFromTrustedProxy(_ connection: UnsafeMutablePointer<Connection>) -> Bool {
        unsafe settings.trust.includes(connection.pointee.source)
    }

    /// Whether a newcomer is heard: where PROXY headers are spoken, proxies alone are, if it is known which
    /// they are.
    func mayConnect(_ peer: PeerAddress) -> Bool {
        guard settings.expectsProxyHeader, !settings.trust.proxies.isEmpty,
            !settings.trust.proxies.contains(peer)
        else { return true }
        counters.count(.untrusted)
        return false
    }

    /// Takes the PROXY header that a connection begins with, if it is whole; false where that connection is
    /// over.
    func takeProxyHeader(_ connection: UnsafeMutablePointer<Connection>, now: Int64) -> Bool {
        let bytes = unsafe connection.pointee.exchange.unread
        guard unsafe !bytes.isEmpty else { return true }
        if unsafe isProxyHeaderLate(connection, now: now) {
            counters.count(.late)
            return false
        }
        switch unsafe ProxyHeader.parse(bytes) {
        case .incomplete: return true
        case .refused(let fault):
            counters.count(fault)
            return false
        case .header(let source, let count):
            unsafe connection.pointee.exchange.consume(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            unsafe connection.pointee.source = ClientAddress(source, over: connection.pointee.peer)
            unsafe connection.pointee.awaitsProxyHeader = false
            unsafe connection.pointee.since = now
            return true
        }
    }

    func isProxyHeaderLate(_ connection: UnsafeMutablePointer<Connection>, now: Int64) -> Bool {
        unsafe now - connection.pointee.since >= ProxyLimits.headerNanoseconds
    }
}
