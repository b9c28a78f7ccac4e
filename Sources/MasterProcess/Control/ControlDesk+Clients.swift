import ByteCore
import ControlWire
import Glibc
import PosixIO

/// Who is let in, what each asks for, and what is written to whom.
extension ControlDesk {
    func accept(_ poller: borrowing Poller, now: Int64) {
        guard let door else { return }
        for _ in 0..<MasterLimits.controlAcceptsPerTurn {
            switch door.listener.accept() {
            case .none: return
            case .exhausted:
                poller.remove(door.listener.raw)
                acceptsAgainAt = now + MasterLimits.controlPauseNanoseconds
                return
            case .connection(let connection): greet(connection, poller, now: now)
            }
        }
    }

    /// Serves the server's own terminal over its socketpair, which takes nobody's place.
    func adopt(_ connection: consuming Descriptor, _ poller: borrowing Poller, now: Int64) {
        // It came from another process; one write that waits would hold up everyone.
        try? connection.setNonBlocking()
        ownClient = begin(connection, poller, now: now)
    }

    private func greet(_ connection: consuming Descriptor, _ poller: borrowing Poller, now: Int64) {
        guard PeerProcess(of: connection.raw)?.isTrusted == true else {
            count(.user)
            let refusal = ControlRefusal(
                "this server is another user's; run it as that user, or as root",
                status: ExitCode.noPermission.rawValue)
            return turnAway(connection, refusal)
        }
        guard clientCount < MasterLimits.controlClients || makeRoom(now: now) else {
            count(.capacity)
            let refusal = ControlRefusal(
                "\(MasterLimits.controlClients) others are being answered; try again in a moment",
                status: ExitCode.temporaryFailure.rawValue)
            return turnAway(connection, refusal)
        }
        begin(connection, poller, now: now)
    }

    /// Takes a connection among the clients and greets it; nil where it is gone already.
    @discardableResult
    private func begin(
        _ connection: consuming Descriptor, _ poller: borrowing Poller, now: Int64
    ) -> Token? {
        let (index, generation) = clients.insert(ControlClient(connection, now: now))
        let token = Token(kind: kind + 1, index: index, generation: generation)
        guard let client = unsafe clients.find(token) else { return nil }
        do throws(SystemError) {
            unsafe try poller.add(client.pointee.stream.raw, for: .readable, token: token)
        } catch {
            drop(index)
            return nil
        }
        unsafe client.pointee.outbound.append {
            $0.appendControlGreeting(version: version, pid: Int(getpid()))
        }
        work(on: token, poller, now: now)
        return unsafe clients.find(token) == nil ? nil : token
    }

    /// Says why in the place of a greeting, best effort: the connection is closed right behind it.
    private func turnAway(_ connection: consuming Descriptor, _ refusal: ControlRefusal) {
        let stream = ByteStream(connection)
        var text = ByteBuffer(capacity: 256)
        text.appendControlError(refusal)
        _ = unsafe stream.write(text.readable)
    }

    /// Lets the one go that is missed least, and has been so for longest; false where there is none such.
    private func makeRoom(now: Int64) -> Bool {
        var least: (token: Token, ease: ControlClient.Ease, movedAt: Int64)?
        unsafe forEach { token, client in
            guard token != ownClient, let ease = unsafe client.pointee.ease else { return }
            let movedAt = unsafe client.pointee.movedAt
            guard now - movedAt >= ease.patience else { return }
            if let other = least, (other.ease.rawValue, other.movedAt) <= (ease.rawValue, movedAt) { return }
            least = (token, ease, movedAt)
        }
        guard let (token, ease, _) = least else { return false }
        count(ease.cut)
        let client = clients.remove(token.index)
        if let words = ease.words {
            var text = ByteBuffer(capacity: 256)
            text.appendControlError(
                ControlRefusal(
                    "another client needed the place, and \(words)",
                    status: ExitCode.temporaryFailure.rawValue))
            _ = unsafe client.stream.write(text.readable)
        }
        _ = consume client
        return true
    }

    private func count(_ cut: ControlCut) { cuts[cut.rawValue] += 1 }

    func read(_ token: Token, now: Int64) {
        guard let client = unsafe clients.find(token) else { return }
        unsafe withUnsafeTemporaryAllocation(byteCount: ControlLimits.aheadBytes, alignment: 8) { room in
            switch unsafe client.pointee.stream.read(into: room) {
            case .bytes(let count):
                unsafe client.pointee.session.received(UnsafeRawBufferPointer(rebasing: room[..<count]))
            case .wouldBlock: break
            case .endOfFile, .failed: unsafe client.pointee.hasEnded = true
            }
        }
    }

    /// Takes up what a client asks for, makes what there is room for, and writes it.
    func work(on token: Token, _ poller: borrowing Poller, now: Int64) {
        guard let client = unsafe clients.find(token) else { return }
        var isMore = true
        while isMore {
            isMore = unsafe advance(client, now: now)
            let before = unsafe client.pointee.outbound.count
            let result = unsafe client.pointee.outbound.flush(to: client.pointee.stream)
            if unsafe client.pointee.outbound.count < before { unsafe client.pointee.movedAt = now }
            switch result {
            case .bytes: break
            case .wouldBlock: isMore = false
            case .endOfFile, .failed: return drop(token.index)
            }
        }
        let isDone = unsafe client.pointee.outbound.isEmpty
        // Who has ended its side and waits for nothing that ends by itself is gone.
        let isForGood: Bool
        if case .reading(_, _, nil) = unsafe client.pointee.task {
            isForGood = true
        } else {
            isForGood = false
        }
        let isOver =
            unsafe client.pointee.isEnding || client.pointee.hasEnded && client.pointee.task == .nothing
        if unsafe isDone && isOver || client.pointee.hasEnded && isForGood {
            return drop(token.index)
        }
        guard unsafe client.pointee.isWatchedForRoom == isDone || client.pointee.hasEnded else { return }
        unsafe client.pointee.isWatchedForRoom = !isDone
        // An end that was seen would be reported again and again.
        var interest: Interest = unsafe client.pointee.hasEnded ? [] : .readable
        if !isDone { interest.insert(.writable) }
        do throws(SystemError) {
            unsafe try poller.modify(client.pointee.stream.raw, for: interest, token: token)
        } catch {
            drop(token.index)
        }
    }

    /// One step; true where another one may follow once what it made was written.
    private func advance(_ client: UnsafeMutablePointer<ControlClient>, now: Int64) -> Bool {
        guard unsafe !client.pointee.isEnding else { return false }
        switch unsafe client.pointee.task {
        case .awaiting: return false
        case .reading(let source, let next, let end):
            return unsafe advance(client, reading: source, from: next, to: end)
        case .nothing: break
        }
        guard unsafe client.pointee.outbound.count < MasterLimits.controlPendingBytes else { return false }
        switch unsafe client.pointee.session.next() {
        case .nothing: return false
        case .refuse(let fault):
            count(ControlCut(fault))
            unsafe end(client, ControlRefusal(fault.reason, status: ExitCode.usage.rawValue))
            return false
        case .request(let request):
            requests[ControlRequest.Word.allCases.firstIndex(of: request.word) ?? 0] += 1
            unsafe client.pointee.movedAt = now
            var answered = Answer.done
            unsafe client.pointee.outbound.append { answered = answer(request, &$0) }
            switch answered {
            case .lines(let source, let from, let end):
                unsafe client.pointee.task = .reading(source, next: from, end: end)
                return true
            case .later(let number):
                unsafe client.pointee.task = .awaiting(number)
                return false
            case .done: unsafe client.pointee.outbound.append { $0.appendControlDone() }
            case .refused(let refusal):
                unsafe client.pointee.outbound.append { $0.appendControlError(refusal) }
            }
            unsafe client.pointee.session.answered()
            return true
        }
    }

    /// Makes lines as long as there is room; one that is behind all that is kept is cut, and told so.
    private func advance(
        _ client: UnsafeMutablePointer<ControlClient>, reading source: ControlSource, from first: UInt64,
        to end: UInt64?
    ) -> Bool {
        let (oldest, last) = bounds(source)
        var next = first
        guard next >= oldest else {
            count(.stalled)
            let refusal = ControlRefusal(
                "\(oldest - next) lines were not read in time and are gone; ask again",
                status: ExitCode.temporaryFailure.rawValue)
            unsafe self.end(client, refusal)
            return false
        }
        let until = min(end ?? last, last)
        while next < until, unsafe client.pointee.outbound.count < MasterLimits.controlPendingBytes,
            let line = line(source, next)
        {
            unsafe client.pointee.outbound.append { output in
                output.appendControlItem(source == .log ? "log" : "event") { output in
                    unsafe line.withUnsafeBytes { unsafe output.append($0) }
                }
            }
            next += 1
        }
        unsafe client.pointee.task = .reading(source, next: next, end: end)
        guard let end, next >= end else { return next < until && next > first }
        unsafe client.pointee.task = .nothing
        unsafe client.pointee.outbound.append { $0.appendControlDone() }
        unsafe client.pointee.session.answered()
        return true
    }

    /// The last that a client is told.
    private func end(_ client: UnsafeMutablePointer<ControlClient>, _ refusal: ControlRefusal) {
        unsafe client.pointee.outbound.append { $0.appendControlError(refusal) }
        unsafe client.pointee.task = .nothing
        unsafe client.pointee.isEnding = true
    }
}
