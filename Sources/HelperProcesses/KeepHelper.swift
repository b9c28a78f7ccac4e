import ByteCore
public import PosixIO
public import StateDirectory

/// The master's end of the keeper, which writes files of the state directory: fsync(2) may take as long as a
/// disk likes, and no loop waits for that.
///
/// One file is written at a time. A newer wish for a file takes the place of an older one that waits. What
/// could not be written is the owner's to wish for again.
public final class KeepHelper {
    /// What became of a wish.
    public struct Kept: Equatable, Sendable {
        /// The file.
        public let file: StateFile
        /// How it went.
        public let outcome: KeepAnswer.Outcome
    }

    private struct Wish {
        let record: KeepRecord
        let bytes: [UInt8]
    }

    private let link: HelperLink
    /// In the order in which they came.
    private var waiting: [Wish] = []
    private var current: KeepRecord?
    private var lastNumber: UInt64 = 0

    /// Makes the master's end; `role` is the argument that makes the executable a keeper. `directory` stays
    /// open for as long as this lives.
    public init(
        executable: borrowing Descriptor, role: String, directory: borrowing StateDirectory, tokenKind: UInt8,
        note: @escaping (HelperNote) -> Void
    ) throws(SystemError) {
        link = try HelperLink(
            executable: executable, title: "keep", arguments: [role, directory.path],
            extra: .init(directory.raw, as: InheritedDescriptor.stateDirectory), tokenKind: tokenKind,
            answerBytes: KeepAnswer.byteCount, note: note)
    }

    /// The keeper's process id while it runs.
    public var pid: Int32? { link.pid }

    /// Whether all wishes were answered.
    public var isIdle: Bool { current == nil && waiting.isEmpty }

    /// Wishes that `bytes` become the file, if the writing `replaced` of it is still there (nil: none).
    public func write(
        _ bytes: [UInt8], to file: StateFile, replacing replaced: FileStamp?, now: Int64,
        poller: borrowing Poller
    ) {
        precondition(bytes.count <= file.limitBytes, "a file has a limit")
        wish(.write, file, replaced, bytes, now: now, poller)
    }

    /// Wishes that a file is not there.
    public func remove(_ file: StateFile, now: Int64, poller: borrowing Poller) {
        wish(.remove, file, nil, [], now: now, poller)
    }

    private func wish(
        _ action: KeepRecord.Action, _ file: StateFile, _ replaced: FileStamp?, _ bytes: [UInt8], now: Int64,
        _ poller: borrowing Poller
    ) {
        lastNumber += 1
        waiting.removeAll { $0.record.file == file }
        waiting.append(
            Wish(
                record: KeepRecord(
                    action, file, number: lastNumber, replaced: replaced, byteCount: bytes.count),
                bytes: bytes))
        work(now: now, poller)
    }

    /// Takes an event of the owner's kind of token; returns what became of wishes.
    public func handle(_ event: ReadyEvent, now: Int64, poller: borrowing Poller) -> [Kept] {
        var kept: [Kept] = []
        let isGone = link.handle(event, now: now, poller: poller) { take($0, &kept) }
        if isGone, let current {
            // Whether it was done cannot be told: the owner looks at the file.
            kept.append(Kept(file: current.file, outcome: .changedMeanwhile))
            self.current = nil
        }
        work(now: now, poller)
        return kept
    }

    /// When `tick` is to be called (monotonic nanoseconds); nil while nothing has to be done by itself.
    public var nextDeadline: Int64? { waiting.isEmpty ? nil : link.nextDeadline }

    /// Starts another keeper where one is needed and it is time.
    public func tick(now: Int64, poller: borrowing Poller) { work(now: now, poller) }

    private func take(_ bytes: [UInt8], _ kept: inout [Kept]) -> Bool {
        guard let answer = KeepAnswer(bytes), let current, answer.number == current.number else {
            return false
        }
        kept.append(Kept(file: current.file, outcome: answer.outcome))
        self.current = nil
        return true
    }

    /// Waits until all wishes are answered, or until `deadline` (monotonic nanoseconds): for an owner whose
    /// loop has ended. Returns what became of them; `isIdle` says whether it was all.
    public func finish(by deadline: Int64, poller: borrowing Poller) -> [Kept] {
        var kept: [Kept] = []
        while !isIdle {
            work(now: MonotonicClock.now(), poller)
            guard current != nil, link.wait(until: deadline, answer: { take($0, &kept) }) else { break }
        }
        return kept
    }

    /// Ends a keeper that has nothing to do, until it is needed again.
    public func rest(poller: borrowing Poller) { link.end(poller: poller) }

    /// Lets the keeper finish what it was given, and end, after the master.
    public func stop(poller: borrowing Poller) { link.stop(poller: poller) }

    private func work(now: Int64, _ poller: borrowing Poller) {
        guard current == nil, !waiting.isEmpty, link.start(now: now, poller: poller) else { return }
        let wish = waiting.removeFirst()
        current = wish.record
        link.send(wish.record.encoded() + wish.bytes, poller: poller)
    }
}
