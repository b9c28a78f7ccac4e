import AccessControl
import ByteCore
import Glibc
import HelperProcesses
import PasswordHashing
import PosixIO
import StateDirectory
import ViewerGateway

/// What goes on while the server runs: answers of the two helpers, changes of files, things to be written.
extension AccessKeeper {
    /// Whether an event's token is one of the helpers'.
    func owns(_ token: Token) -> Bool {
        token.kind == Master.Kind.hash || token.kind == Master.Kind.keep
    }

    func handle(_ event: ReadyEvent, _ gateway: ViewerGateway, _ poller: borrowing Poller, now: Int64) {
        if event.token.kind == Master.Kind.hash {
            for answer in hash.handle(event, now: now, poller: poller) {
                gateway.hashed(answer.id, Self.result(of: answer), poller, now: now)
            }
        } else {
            for kept in keep.handle(event, now: now, poller: poller) { take(kept, gateway, poller, now: now) }
        }
    }

    private static func result(of answer: HashAnswer) -> HashResult {
        switch answer.outcome {
        case .matches: .matches
        case .differs: .differs
        case .made(let text): PasswordHashText(text).map { .made($0) } ?? .failed
        case .failed: .failed
        }
    }

    /// When `tick` is to be called at the latest.
    var nextDeadline: Int64 {
        var next = watch.nextDeadline
        if let due = hash.nextDeadline { next = min(next, due) }
        if let due = keep.nextDeadline { next = min(next, due) }
        return next
    }

    func tick(_ gateway: ViewerGateway, _ poller: borrowing Poller, now: Int64) {
        hash.tick(now: now, poller: poller)
        keep.tick(now: now, poller: poller)
        log.tick(now: now)
        look(gateway, poller, now: now)
        if let invite, now >= invite.endsAt || !gate.authority.admins.isEmpty {
            endInvite(gateway, poller, now: now)
        }
        writeWhatIsUnwritten(poller, now: now)
    }

    private func endInvite(_ gateway: ViewerGateway, _ poller: borrowing Poller, now: Int64) {
        invite = nil
        keep.remove(.invite, now: now, poller: poller)
        gateway.refreshStatus()
    }

    // MARK: Reading

    /// Looks what others have changed, if it is time; returns which files.
    @discardableResult
    private func look(_ gateway: ViewerGateway, _ poller: borrowing Poller, now: Int64) -> [StateFile] {
        var changed: [StateFile] = []
        for finding in watch.look(at: directory, now: now) {
            switch finding {
            case .changed(let file):
                changed.append(file)
                read(file, gateway, poller, now: now)
            case .fault(let fault): log.stateFault(fault.text)
            case .mended: log.stateMended()
            }
        }
        return changed
    }

    /// The same now; returns the names of the files.
    func lookNow(_ gateway: ViewerGateway, _ poller: borrowing Poller, now: Int64) -> [String] {
        watch.lookAtOnce()
        return look(gateway, poller, now: now).map(\.name)
    }

    /// Somebody else has written a file. What cannot be trusted is left alone, and what holds goes on to
    /// hold.
    private func read(_ file: StateFile, _ gateway: ViewerGateway, _ poller: borrowing Poller, now: Int64) {
        do throws(StateFault) {
            let found = try directory.read(file)
            stamps[file] = found?.stamp
            watch.knows(found?.stamp, of: file)
            do throws(AccessFileFault) {
                switch file {
                case .admins:
                    let admins = try found.map { stored throws(AccessFileFault) in
                        try AdminFile.parse(stored.bytes)
                    }
                    gateway.adminsChanged(to: admins ?? [])
                    log.admins(gate.authority.admins.count)
                case .tokens:
                    let tokens = try found.map { stored throws(AccessFileFault) in
                        try TokenFile.parse(stored.bytes)
                    }
                    gateway.tokensChanged(to: tokens ?? [])
                    log.tokens(gate.tokens.tokens.count)
                case .key, .identityKey, .identityClaims, .invite, .sessions: break
                }
            } catch {
                log.stateFault("\(directory.path)/\(file.name): line \(error.line): \(error.reason)")
            }
        } catch {
            log.stateFault(error.text)
        }
    }

    // MARK: Writing

    func write(_ bytes: [UInt8], to file: StateFile, _ poller: borrowing Poller, now: Int64) {
        guard bytes.count <= file.limitBytes else { return }
        writing.insert(file)
        keep.write(bytes, to: file, replacing: stamps[file], now: now, poller: poller)
    }

    /// Sessions, and last visits and uses of tokens: these not more often than once a second, one writing of
    /// a file at a time.
    private func writeWhatIsUnwritten(_ poller: borrowing Poller, now: Int64) {
        // At once: a sign-out that is not written would be none after a crash.
        if gate.authority.areSessionsUnwritten, !writing.contains(.sessions), now >= sessionsAgainAt {
            writeSessions(poller, now: now)
        }
        guard now >= writesAgainAt, writing.isEmpty, firstAdmin == nil else { return }
        writesAgainAt = now + MasterLimits.stateWriteNanoseconds
        writeAdminsAndTokens(poller, now: now)
    }

    private func writeAdminsAndTokens(_ poller: borrowing Poller, now: Int64) {
        if gate.authority.areAdminsUnwritten {
            gate.authority.adminsWritten()
            write(AdminFile.bytes(of: gate.authority.admins), to: .admins, poller, now: now)
        }
        if gate.tokens.isUnwritten {
            gate.tokens.tokensWritten()
            write(TokenFile.bytes(of: gate.tokens.tokens), to: .tokens, poller, now: now)
        }
    }

    private func writeSessions(_ poller: borrowing Poller, now: Int64) {
        gate.authority.sessionsWritten()
        write(gate.authority.sessionFile(now: AccessGate.instant()), to: .sessions, poller, now: now)
    }

    private func take(
        _ kept: KeepHelper.Kept, _ gateway: ViewerGateway, _ poller: borrowing Poller, now: Int64
    ) {
        writing.remove(kept.file)
        let first = kept.file == .admins ? firstAdmin : nil
        if kept.file == .admins { firstAdmin = nil }
        switch kept.outcome {
        case .done(let stamp):
            stamps[kept.file] = stamp
            watch.knows(stamp, of: kept.file)
            guard let first else { return }
            gateway.adminsChanged(to: [first])
            gateway.firstAdminKept(nil, poller, now: now)
        case .changedMeanwhile:
            // A command was faster: its writing is read, and ours is made anew of that.
            stamps[kept.file] = directory.stamp(of: kept.file)
            if kept.file == .admins || kept.file == .tokens { read(kept.file, gateway, poller, now: now) }
            if first != nil {
                gateway.firstAdminKept("Somebody else has made an admin meanwhile.", poller, now: now)
            }
        case .failed(let code):
            log.notKept(kept.file.name, code)
            switch kept.file {
            case .sessions: gate.authority.sessionsNotWritten()
            case .admins where first == nil: gate.authority.adminsNotWritten()
            case .tokens: gate.tokens.tokensNotWritten()
            case .admins, .key, .identityKey, .identityClaims, .invite: break
            }
            // What was there is there still; it is tried again later.
            writesAgainAt = now + MasterLimits.stateRetryNanoseconds
            sessionsAgainAt = writesAgainAt
            if first != nil {
                gateway.firstAdminKept(
                    "The server cannot write its files; its log says why.", poller, now: now)
            }
        }
    }

    /// The server ends: whoever starts the next one finds what this one knew. It waits for the keeper until
    /// `deadline`; what was not written by then is said in the log, and what the keeper has is written still.
    func stop(_ poller: borrowing Poller, now: Int64, deadline: Int64) {
        // What is on its way first: a second writing of a file needs to know the first.
        takeLast(keep.finish(by: deadline, poller: poller))
        if gate.authority.areSessionsUnwritten { writeSessions(poller, now: now) }
        writeAdminsAndTokens(poller, now: now)
        if invite != nil { keep.remove(.invite, now: now, poller: poller) }
        takeLast(keep.finish(by: deadline, poller: poller))
        for file in writing.sorted(by: { $0.name < $1.name }) { log.notKept(file.name, ETIMEDOUT) }
        hash.stop(poller: poller)
        keep.stop(poller: poller)
    }

    private func takeLast(_ answers: [KeepHelper.Kept]) {
        for kept in answers {
            writing.remove(kept.file)
            switch kept.outcome {
            case .done(let stamp): stamps[kept.file] = stamp
            // Somebody was faster, and what they wrote stays.
            case .changedMeanwhile: stamps[kept.file] = directory.stamp(of: kept.file)
            case .failed(let code): log.notKept(kept.file.name, code)
            }
        }
    }
}
