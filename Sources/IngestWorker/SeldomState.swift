import ByteCore
import HTTPWire
import PosixIO

/// What a connection has seldom: the start of what is not whole, an answer that is not read, a request's
/// body, rates. It is made when there is something of that, and goes when there is nothing any more.
struct SeldomState: ~Copyable {
    /// The start of a head or frame whose rest has not come.
    var spill = Spill()
    /// Bytes from the start of what is kept that the next look needs.
    var neededBytes = 0
    /// How far a head was looked at that is not whole.
    var parser = HTTPRequestParser()
    /// What the kernel has not taken yet.
    var outbound: ByteBuffer?
    /// The request whose body is on its way.
    var exchange: PostExchange?
    /// Seconds of the worker's clock at the first byte of a message that is not whole; `never` without one.
    var unfinishedSinceSeconds = VisitorConnection.never
    var holder = HeldBytes.Holder()
    /// What it has brought against what it may; nil of one that never brought much.
    var rates: ConnectionRates?
    /// What a read waits for, and a write while something is outbound.
    var readAwaits: Interest = .readable
    var writeAwaits: Interest = .writable

    /// Whether nothing is kept for the connection, and nothing is counted as kept.
    var keepsNothing: Bool { spill.isEmpty && outbound == nil && exchange == nil && holder.bytes == 0 }

    /// Whether all is as if it were not there.
    var isUsual: Bool {
        keepsNothing && unfinishedSinceSeconds == VisitorConnection.never && rates == nil
            && readAwaits == .readable && writeAwaits == .writable
    }
}

/// The same as fields of the connection, whether it has any of them or not.
extension VisitorConnection {
    /// The start of a head or frame whose rest has not come.
    var spill: Spill {
        _read {
            if let state = unsafe seldom.contents {
                yield unsafe state.pointee.spill
            } else {
                let none = Spill()
                yield none
            }
        }
        _modify {
            defer { forgetSeldomIfUsual() }
            yield unsafe &madeSeldom.pointee.spill
        }
    }

    /// Bytes that it holds.
    @inline(__always)
    var spillCount: Int { unsafe seldom.contents?.pointee.spill.count ?? 0 }

    /// Keeps what is left of what was read, and nothing where that is nothing.
    mutating func keepRest(_ rest: UnsafeRawBufferPointer) {
        if unsafe !rest.isEmpty || spillCount > 0 { unsafe spill.keep(rest) }
    }

    /// Keeps nothing of it.
    mutating func forgetSpill() {
        if spillCount > 0 { spill.clear() }
    }

    /// Looks for a whole request head at the start of `bytes`, from where the last look at it stopped.
    ///
    /// Where it is not whole, the caller keeps the bytes.
    mutating func parseHead(
        _ bytes: UnsafeRawBufferPointer, into head: inout HTTPRequestHead
    ) -> HTTPParseOutcome {
        if let state = unsafe seldom.contents {
            return unsafe state.pointee.parser.parse(bytes, into: &head)
        }
        var parser = HTTPRequestParser()
        let outcome = unsafe parser.parse(bytes, into: &head)
        if case .incomplete = outcome { unsafe madeSeldom.pointee.parser = parser }
        return outcome
    }

    /// Bytes from the start of what is kept that the next look needs; of no interest where nothing is.
    var neededBytes: Int {
        get { unsafe seldom.contents?.pointee.neededBytes ?? 0 }
        set {
            guard newValue > 0 || !seldom.isEmpty else { return }
            unsafe madeSeldom.pointee.neededBytes = newValue
        }
    }

    /// What the kernel has not taken yet.
    var outbound: ByteBuffer? {
        _read {
            if let state = unsafe seldom.contents {
                yield unsafe state.pointee.outbound
            } else {
                let none: ByteBuffer? = nil
                yield none
            }
        }
        _modify {
            defer { forgetSeldomIfUsual() }
            yield unsafe &madeSeldom.pointee.outbound
        }
    }

    /// The request whose body is on its way.
    var exchange: PostExchange? {
        get { unsafe seldom.contents?.pointee.exchange }
        set {
            guard newValue != nil || !seldom.isEmpty else { return }
            unsafe madeSeldom.pointee.exchange = newValue
            if newValue == nil { forgetSeldomIfUsual() }
        }
    }

    /// Seconds of the worker's clock at the first byte of a message that is not whole; `never` without one.
    var unfinishedSinceSeconds: Int64 {
        get { unsafe seldom.contents?.pointee.unfinishedSinceSeconds ?? Self.never }
        set {
            guard newValue != Self.never || !seldom.isEmpty else { return }
            unsafe madeSeldom.pointee.unfinishedSinceSeconds = newValue
            if newValue == Self.never { forgetSeldomIfUsual() }
        }
    }

    /// Its place among those for whom something is kept.
    var holder: HeldBytes.Holder {
        get { unsafe seldom.contents?.pointee.holder ?? HeldBytes.Holder() }
        set {
            guard newValue.bytes > 0 || !seldom.isEmpty else { return }
            unsafe madeSeldom.pointee.holder = newValue
            if newValue.bytes == 0 { forgetSeldomIfUsual() }
        }
    }

    /// What it has brought against what it may; nil of one that never brought much.
    var rates: ConnectionRates? {
        get { unsafe seldom.contents?.pointee.rates }
        set {
            guard newValue != nil || !seldom.isEmpty else { return }
            unsafe madeSeldom.pointee.rates = newValue
        }
    }

    /// Holds what was read of it against the rates; they are made when they are first asked.
    mutating func judge(
        events: Int, bytes: Int, _ rules: ConnectionRates.Rules, now: Int64
    ) -> ConnectionRates.Verdict {
        let state = unsafe madeSeldom
        var own = unsafe state.pointee.rates ?? ConnectionRates(rules, now: now)
        defer { unsafe state.pointee.rates = own }
        return own.judge(events: events, bytes: bytes, rules, now: now)
    }

    /// What a read waits for, and a write while something is outbound.
    var readAwaits: Interest {
        get { unsafe seldom.contents?.pointee.readAwaits ?? .readable }
        set {
            guard newValue != .readable || !seldom.isEmpty else { return }
            unsafe madeSeldom.pointee.readAwaits = newValue
        }
    }

    var writeAwaits: Interest {
        get { unsafe seldom.contents?.pointee.writeAwaits ?? .writable }
        set {
            guard newValue != .writable || !seldom.isEmpty else { return }
            unsafe madeSeldom.pointee.writeAwaits = newValue
        }
    }

    private var madeSeldom: UnsafeMutablePointer<SeldomState> {
        mutating get {
            if let state = unsafe seldom.contents { return unsafe state }
            return unsafe seldom.fill(SeldomState())
        }
    }

    /// Gives the memory back where nothing of it is of use any more.
    private mutating func forgetSeldomIfUsual() {
        if let state = unsafe seldom.contents, unsafe state.pointee.isUsual { seldom.clear() }
    }
}
