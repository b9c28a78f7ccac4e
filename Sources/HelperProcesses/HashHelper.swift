public import ByteCore
public import PasswordHashing
public import PosixIO

/// The master's end of the helper that hashes passwords, and the queue of those who wait for it.
///
/// The owner registers nothing itself: events of its kind go to `handle`, and at `nextDeadline` it calls
/// `tick`. A helper is started when it is first needed, lives on, and is replaced when it dies; who waits for
/// an answer then gets `failed`, which is a 503.
public final class HashHelper {
    private let link: HelperLink
    private var queue = HashQueue()
    private var requests: [UInt64: HashRequest] = [:]
    /// Who is worked for, and until when that may take.
    private var current: (id: UInt64, deadline: Int64)?

    /// Makes the master's end; `role` is the argument that makes the executable a hash helper.
    public init(
        executable: borrowing Descriptor, role: String, tokenKind: UInt8, note: @escaping (HelperNote) -> Void
    ) throws(SystemError) {
        link = try HelperLink(
            executable: executable, title: "hash", arguments: [role], tokenKind: tokenKind,
            answerBytes: HashAnswer.byteCount,
            note: note)
    }

    /// The helper's process id while it runs.
    public var pid: Int32? { link.pid }

    /// How many wait or are worked for.
    public var count: Int { queue.count }

    /// Starts the helper before anybody needs it, so that the first sign-in is not later than others.
    public func prepare(now: Int64, poller: borrowing Poller) { _ = link.start(now: now, poller: poller) }

    /// Asks for a comparison or a new hash; `network` is where whoever asks comes from, nil where nobody can
    /// tell.
    ///
    /// Ids are the caller's, each used for one that waits at a time. An answer comes from `handle` or `tick`.
    public func submit(
        _ request: consuming HashRequest, from network: IPAddress?, isKnown: Bool = false, now: Int64,
        poller: borrowing Poller
    ) -> HashQueue.Admission {
        let id = request.id
        precondition(requests[id] == nil, "an id waits once")
        guard link.start(now: now, poller: poller) else {
            request.forgetPassword()
            let wait = max(0, (link.nextDeadline ?? now) - now)
            return .full(retryAfterSeconds: Int(wait / 1_000_000_000) + 1)
        }
        let admission = queue.submit(id, from: network, isKnown: isKnown, now: now)
        guard admission == .accepted else {
            request.forgetPassword()
            return admission
        }
        requests[id] = consume request
        work(now: now, poller)
        return admission
    }

    /// Forgets somebody who has gone; false where they are worked for already, and their answer comes.
    @discardableResult
    public func cancel(_ id: UInt64) -> Bool {
        guard queue.cancel(id) else { return false }
        forget(id)
        return true
    }

    /// Takes an event of the owner's kind of token; returns the answers that it brought.
    public func handle(_ event: ReadyEvent, now: Int64, poller: borrowing Poller) -> [HashAnswer] {
        var answers: [HashAnswer] = []
        let isGone = link.handle(event, now: now, poller: poller) { bytes in
            guard let answer = HashAnswer(bytes), answer.id == current?.id else { return false }
            current = nil
            queue.finished()
            answers.append(answer)
            return true
        }
        if isGone { answers += abandon() }
        work(now: now, poller)
        return answers
    }

    /// When `tick` is to be called (monotonic nanoseconds); nil while nothing has to be done by itself.
    public var nextDeadline: Int64? { current?.deadline ?? queue.nextDeadline }

    /// Does what is due: the next one's turn has come, or the helper hangs.
    public func tick(now: Int64, poller: borrowing Poller) {
        if let current, now >= current.deadline {
            // Its end is an event, and whoever waits is answered then.
            self.current = (current.id, .max)
            link.kill()
        }
        work(now: now, poller)
    }

    /// Ends a helper that has nothing to do, until it is needed again.
    public func rest(poller: borrowing Poller) { link.end(poller: poller) }

    /// Ends the helper, for a master that ends.
    public func stop(poller: borrowing Poller) {
        link.stop(poller: poller)
        _ = abandon()
    }

    private func work(now: Int64, _ poller: borrowing Poller) {
        guard link.pid != nil, let id = queue.next(now: now), let record = requests[id]?.encoded() else {
            return
        }
        forget(id)
        current = (id, now + Limits.hashPatience)
        link.send(record, poller: poller)
    }

    /// Erases a password where it lies: a copy of the request would leave the original.
    private func forget(_ id: UInt64) {
        requests[id]?.forgetPassword()
        requests[id] = nil
    }

    /// Nobody is worked for any more.
    private func abandon() -> [HashAnswer] {
        current = nil
        for id in Array(requests.keys) { forget(id) }
        return queue.drain().map { HashAnswer(id: $0, .failed) }
    }
}
