import CPointerscopeShims
import Glibc

/// What a descriptor is watched for.
@frozen
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Something can be read, or the peer has ended its side.
    public static let readable = Interest(rawValue: 0x001)
    /// Something can be written.
    public static let writable = Interest(rawValue: 0x004)
    /// The peer has ended its side (EPOLLRDHUP).
    public static let peerClosed = Interest(rawValue: 0x2000)
    /// Urgent data came, at whose mark reads stop (EPOLLPRI).
    public static let urgent = Interest(rawValue: 0x002)
    /// Not what, but how: of all pollers that watch it so one or some are woken, and not all
    /// (EPOLLEXCLUSIVE); to be given when it is added, and never changed.
    public static let exclusive = Interest(rawValue: 1 << 28)
    /// Not what, but how: to be told when something comes, and not again and again while it is there
    /// (EPOLLET). Whoever asks for that has to know when everything was read.
    public static let onlyNews = Interest(rawValue: 1 << 31)
}

/// Who an event is for.
///
/// ```
/// 63      56 55            32 31             0
/// [ kind u8 | generation u24 |   index u32   ]
/// ```
/// The generation is the slot's at registration, so that an event for a descriptor that was closed and whose
/// slot was taken again within one wake-up is seen to be stale.
@frozen
public struct Token: Equatable, Sendable {
    public let rawValue: UInt64

    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Makes a token; the low 24 bits of `generation` count.
    @inlinable public init(kind: UInt8, index: UInt32 = 0, generation: UInt32 = 0) {
        rawValue = UInt64(kind) << 56 | UInt64(generation & 0xFF_FFFF) << 32 | UInt64(index)
    }

    /// The owner's own tag for a kind of descriptor.
    @inlinable public var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 56) }
    /// The low 24 bits of the slot's generation.
    @inlinable public var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) & 0xFF_FFFF }
    /// The slot.
    @inlinable public var index: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
}

/// One descriptor that is ready.
@frozen
public struct ReadyEvent: Sendable {
    /// Who registered it.
    public let token: Token
    @usableFromInline let mask: UInt32

    @inlinable init(token: Token, mask: UInt32) {
        self.token = token
        self.mask = mask
    }

    /// Reading will not block: data, end of file or an error.
    @inlinable public var isReadable: Bool { mask & 0x2019 != 0 }
    /// A read may bring less than there is, and nothing more is told: the peer has ended its side, the
    /// connection is broken, or urgent data came. Known of those only that are watched for `peerClosed` and
    /// `urgent`.
    @inlinable public var isReadInParts: Bool { mask & 0x201A != 0 }
    /// Writing will not block, or fails.
    @inlinable public var isWritable: Bool { mask & 0x01C != 0 }
    /// What was waited for has come, or never will.
    @inlinable public func isReady(for interest: Interest) -> Bool {
        (isReadable && interest.contains(.readable)) || (isWritable && interest.contains(.writable))
    }
}

/// The event loop's one blocking call: epoll(7), level-triggered but for `Interest.onlyNews`.
@safe public struct Poller: ~Copyable {
    private let epoll: Descriptor
    private let events: UnsafeMutablePointer<epoll_event>
    private let capacity: Int32

    /// Makes an empty poller that reports up to `capacity` events a wake-up.
    public init(capacity: Int = 512) throws(SystemError) {
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw SystemError("epoll_create1") }
        epoll = Descriptor(owning: number)
        self.capacity = Int32(capacity)
        unsafe events = .allocate(capacity: capacity)
    }

    deinit { unsafe events.deallocate() }

    /// Watches a descriptor that is not watched yet.
    public borrowing func add(_ descriptor: Int32, for interest: Interest, token: Token) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, interest, token)
    }

    /// Changes what a watched descriptor is watched for.
    public borrowing func modify(_ descriptor: Int32, for interest: Interest, token: Token)
        throws(SystemError)
    {
        try control(EPOLL_CTL_MOD, descriptor, interest, token)
    }

    /// Stops watching; closing the last copy of a descriptor does the same.
    public borrowing func remove(_ descriptor: Int32) {
        _ = epoll_ctl(epoll.raw, EPOLL_CTL_DEL, descriptor, nil)
    }

    private borrowing func control(
        _ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ token: Token
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = token.rawValue
        guard unsafe epoll_ctl(epoll.raw, operation, descriptor, &event) == 0 else {
            throw SystemError("epoll_ctl")
        }
    }

    /// Waits until something is ready or `timeoutMilliseconds` (-1: for ever) have passed; returns how many
    /// are.
    public borrowing func wait(timeoutMilliseconds: Int32) throws(SystemError) -> Int {
        let ready = unsafe epoll_wait(epoll.raw, events, capacity, timeoutMilliseconds)
        if ready >= 0 { return Int(ready) }
        if errno == EINTR { return 0 }
        throw SystemError("epoll_wait")
    }

    /// The same with a timeout in nanoseconds (epoll_pwait2(2)), for pacing; below 0 waits for nothing.
    ///
    /// How late it comes is up to the process's timer slack, 50 µs unless it says otherwise.
    public borrowing func wait(timeoutNanoseconds: Int64) throws(SystemError) -> Int {
        let (seconds, rest) = max(timeoutNanoseconds, 0).quotientAndRemainder(dividingBy: 1_000_000_000)
        var timeout = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
        let ready = unsafe epoll_pwait2(epoll.raw, events, capacity, &timeout, nil)
        if ready >= 0 { return Int(ready) }
        if errno == EINTR { return 0 }
        throw SystemError("epoll_pwait2")
    }

    /// The event at `index` of the last wait.
    public borrowing func event(at index: Int) -> ReadyEvent {
        precondition(index < Int(capacity))
        let event = unsafe events[index]
        return unsafe ReadyEvent(token: Token(rawValue: event.data.u64), mask: event.events)
    }
}
