import Glibc
import Synchronization

/// A host's addresses, looked up on a thread of its own (getaddrinfo(3)), because a resolver may take as long
/// as it likes and a loop may not.
///
/// A lookup that nobody waits for any more ends by itself and is forgotten.
public final class NameLookup: Sendable {
    /// What came of it.
    public enum Outcome: Sendable, Equatable {
        /// In the order in which they are to be tried; at least one.
        case addresses([SocketAddress])
        /// Why there is none, for a person to read.
        case failed(String)
    }

    /// Addresses that are worth trying: a name has a few, and each may take its time to fail.
    private static let mostAddresses = 8

    private let host: String
    private let port: UInt16
    private let reader: Descriptor
    private let writer: Descriptor
    private let found = Mutex<Outcome?>(nil)

    /// Begins to look `host` up; the addresses found have `port`.
    public static func start(host: String, port: UInt16) throws(SystemError) -> NameLookup {
        let lookup = NameLookup(host: host, port: port, pair: try SocketPair())
        var thread = pthread_t()
        let retained = unsafe Unmanaged.passRetained(lookup)
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<NameLookup>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, unsafe retained.toOpaque())
        guard failure == 0 else {
            unsafe retained.release()
            throw SystemError("pthread_create", code: failure)
        }
        pthread_detach(thread)
        return lookup
    }

    private init(host: String, port: UInt16, pair: consuming SocketPair) {
        self.host = host
        self.port = port
        reader = pair.first
        writer = pair.second
    }

    /// Turns readable when there is an outcome; for the poller.
    public var raw: Int32 { reader.raw }

    /// The outcome, or nil while it is awaited.
    public var outcome: Outcome? { found.withLock { $0 } }

    private func work() {
        let outcome = Self.resolve(host, port)
        found.withLock { $0 = outcome }
        // The end of file is the sign; the socket itself goes with this object.
        shutdown(writer.raw, Int32(SHUT_WR))
    }

    private static func resolve(_ host: String, _ port: UInt16) -> Outcome {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = unsafe getaddrinfo(host, nil, &hints, &list)
        guard failure == 0 else {
            let code = errno
            return unsafe .failed(
                failure == EAI_SYSTEM
                    ? String(cString: strerror(code)) : String(cString: gai_strerror(failure)))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = unsafe list
        while let current = unsafe entry?.pointee, addresses.count < mostAddresses {
            unsafe entry = current.ai_next
            guard let pointer = unsafe current.ai_addr else { continue }
            let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: Int(current.ai_addrlen))
            if let address = unsafe SocketAddress(system: bytes, port: port) { addresses.append(address) }
        }
        return addresses.isEmpty ? .failed("it has no address") : .addresses(addresses)
    }
}
