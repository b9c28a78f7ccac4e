import CPointerscopeShims
import Glibc

/// Signals as events of the loop (signalfd(2)).
public struct SignalSource: ~Copyable {
    private let descriptor: Descriptor

    /// Blocks `signals` for the calling thread and reports them here instead.
    public init(_ signals: [Int32]) throws(SystemError) {
        let number = unsafe ps_signalfd(signals, signals.count)
        guard number >= 0 else { throw SystemError("signalfd") }
        descriptor = Descriptor(owning: number)
    }

    /// For the poller.
    public var raw: Int32 { descriptor.raw }

    /// The next signal that came, or nil.
    public func next() -> Int32? {
        let signal = ps_next_signal(descriptor.raw)
        return signal == 0 ? nil : signal
    }

    /// Gives signals the effect that they have in a fresh process, from now on; those that are still unread
    /// are forgotten.
    public func release(_ signals: [Int32]) {
        while next() != nil {}
        for signal in signals { Self.restoreDefault(signal) }
        unsafe ps_unblock_signals(signals, signals.count)
    }

    /// Gives a signal the effect it has in a fresh process.
    public static func restoreDefault(_ number: Int32) { Glibc.signal(number, SIG_DFL) }

    /// Makes signals do nothing to this process.
    public static func ignore(_ numbers: Int32...) { for number in numbers { Glibc.signal(number, SIG_IGN) } }

    /// Makes those do nothing to this process that are meant for its master, also where they reach every
    /// process of its name or its terminal.
    public static func leaveToMaster() { ignore(SIGINT, SIGHUP, SIGUSR1, SIGUSR2) }
}
