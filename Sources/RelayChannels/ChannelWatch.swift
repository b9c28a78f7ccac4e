import PosixIO

/// What a channel's socket is watched for: reading always, writing while something waits.
struct ChannelWatch: ~Copyable {
    private var token: Token?
    private var includesWriting = false

    /// Begins to watch.
    mutating func begin(
        _ descriptor: Int32, token: Token, _ poller: borrowing Poller
    ) throws(SystemError) {
        try poller.add(descriptor, for: .readable, token: token)
        self.token = token
    }

    /// Ends it.
    mutating func end(_ descriptor: Int32, _ poller: borrowing Poller) {
        guard token != nil else { return }
        poller.remove(descriptor)
        token = nil
    }

    /// Watches for room while there `isMore` to write; false where the poller refuses that.
    mutating func follow(_ descriptor: Int32, isMore: Bool, _ poller: borrowing Poller) -> Bool {
        guard isMore != includesWriting, let token else { return true }
        do throws(SystemError) {
            try poller.modify(descriptor, for: isMore ? [.readable, .writable] : .readable, token: token)
        } catch {
            return false
        }
        includesWriting = isMore
        return true
    }
}
