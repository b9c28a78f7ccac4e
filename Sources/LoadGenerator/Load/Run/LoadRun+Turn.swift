import Glibc
import PosixIO

/// One turn of the loop: what the processes, the watcher and signals say.
extension LoadRun {
    func turn(timeoutNanoseconds: Int64 = 50_000_000) throws(LoadFailure) {
        let ready: Int
        do throws(SystemError) {
            ready = try poller.wait(timeoutNanoseconds: timeoutNanoseconds)
        } catch {
            throw .system(error)
        }
        for index in 0..<ready {
            let event = poller.event(at: index)
            switch event.token.kind {
            case Self.peerKind: try hear(Int(event.token.index))
            case Self.faceKind: readInput()
            // A terminal of another size is the face's business.
            default: while let signal = signals?.next() { received(signal) }
            }
        }
        passTime()
    }

    /// From now on `numbers` do to this process what they do to a fresh one: what is left is to be said, and
    /// whoever does not want to wait for that can end it.
    public func releaseSignals(_ numbers: [Int32]) { signals?.release(numbers) }

    /// The first time the run ends and is reported; the second time nothing is waited for.
    private func interrupt() {
        if wasInterrupted { isAborted = true }
        wasInterrupted = true
    }

    private func readInput() {
        guard let face else { return }
        switch face.readInput() {
        case .nothing: break
        case .end: interrupt()
        case .closed:
            if let raw = face.descriptor { poller.remove(raw) }
            hungUp()
        }
    }

    private func received(_ signal: Int32) {
        switch signal {
        case SIGWINCH: break
        case SIGHUP: hungUp()
        default: interrupt()
        }
    }

    /// A terminal that goes away says so twice, by a signal and by its end, and means it once.
    private func hungUp() {
        if !hasHungUp { interrupt() }
        hasHungUp = true
    }

    private func hear(_ index: Int) throws(LoadFailure) {
        guard let peer = unsafe peers.at(index)?.element else { return }
        let isThere = unsafe peer.pointee.channel.read()
        while let record = unsafe peer.pointee.channel.next() {
            switch record.type {
            case .latencies:
                latencies.add(record)
                if plan.viewers > 0 { history.add(record) }
            case .handshakes: handshakes.add(record)
            case .lag:
                lag.add(record)
                if plan.viewers == 0 { history.add(record) }
            default: unsafe peer.pointee.hear(record)
            }
        }
        _ = unsafe peer.pointee.channel.flush()
        guard isThere, unsafe !peer.pointee.channel.isUnreadable else {
            unsafe poller.remove(peer.pointee.channel.raw)
            throw .processGone
        }
    }

    func eachPeer<Value>(_ body: (borrowing LoadPeer) -> Value) -> [Value] {
        (0..<peers.slotCount).compactMap { index in
            unsafe peers.at(index).map { unsafe body($0.element.pointee) }
        }
    }
}
