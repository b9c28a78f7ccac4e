import AccessControl
import ByteCore
import HelperProcesses
import PasswordHashing
import PosixIO
import ProxyWire
import Secrets
import StateDirectory
import ViewerGateway

/// What the gate decides with, and who does what it wants done: the files of the state directory, the process
/// that hashes passwords, the one that writes files, and the log.
final class AccessKeeper {
    let directory: StateDirectory
    private let lock: StateLock
    let log: AccessLog
    var settings: PeopleSettings
    /// By which key JWTs are believed, if any are.
    var belief: JWTBelief?
    /// How people reach the server, with a slash at its end.
    let url: String
    let hash: HashHelper
    let keep: KeepHelper
    var gate: AccessGate!
    var watch: StateWatch
    /// Which writing of each file is known here: what a wish to write replaces.
    var stamps: [StateFile: FileStamp] = [:]
    /// The first admin, while it is being written down.
    var firstAdmin: Admin?
    /// The link for the first admin, and until when it holds (CLOCK_MONOTONIC, nanoseconds).
    var invite: (link: String, endsAt: Int64)?
    /// Files that are being written as they were wished for now.
    var writing: Set<StateFile> = []
    /// When what was used lately may be written down again.
    var writesAgainAt: Int64 = .min
    /// The same of sessions, which wait only after a failure.
    var sessionsAgainAt: Int64 = .min

    /// Opens the state directory and takes up what is in it.
    init(
        _ settings: PeopleSettings, url: String, executable: borrowing Descriptor,
        roles: MasterSettings.ChildRoles, log: EventLog, now: Int64
    ) throws(StartError) {
        self.settings = settings
        self.url = url
        self.log = AccessLog(log)
        watch = StateWatch([.admins, .tokens], now: now)
        do throws(StateFault) {
            directory = try StateDirectory.opening(settings.statePath, isMade: true)
            lock = try directory.lockForServer()
        } catch {
            throw Self.failure(error)
        }
        do throws(SystemError) {
            let notes = self.log
            hash = try HashHelper(
                executable: executable, role: roles.hash, tokenKind: Master.Kind.hash,
                note: { notes.write("hash_helper", $0) })
            keep = try KeepHelper(
                executable: executable, role: roles.keep, directory: directory, tokenKind: Master.Kind.keep,
                note: { notes.write("keeper", $0) })
        } catch {
            throw StartError(message: error.text, exitStatus: .system)
        }
        try takeUp(now: now)
    }

    /// Goes on where the program before was: no file is read.
    init(
        _ settings: PeopleSettings, url: String, executable: borrowing Descriptor,
        roles: MasterSettings.ChildRoles, log: EventLog, taking carried: CarriedAccess, now: Int64
    ) {
        self.settings = settings
        self.url = url
        self.log = AccessLog(log)
        watch = StateWatch([.admins, .tokens], now: now)
        directory = StateDirectory(
            adopting: Descriptor(owning: carried.directory), path: carried.path)
        lock = StateLock(resuming: carried.lock)
        do throws(SystemError) {
            let notes = self.log
            hash = try HashHelper(
                executable: executable, role: roles.hash, tokenKind: Master.Kind.hash,
                note: { notes.write("hash_helper", $0) })
            keep = try KeepHelper(
                executable: executable, role: roles.keep, directory: directory, tokenKind: Master.Kind.keep,
                note: { notes.write("keeper", $0) })
        } catch {
            Succession.giveUp(because: error.text)
        }
        take(carried)
    }

    /// The lock of the directory, which a successor goes on holding.
    var heldLock: Int32 { lock.raw }

    /// Starts the process that hashes, so that the first sign-in is not later than others.
    func prepare(_ poller: borrowing Poller, now: Int64) { hash.prepare(now: now, poller: poller) }

    /// Why a start fails for a state directory: what is wrong with its rights or its contents is for a person
    /// to mend (78), the rest may pass.
    static func failure(_ fault: StateFault) -> StartError {
        switch fault.problem {
        case .system, .busy: StartError(message: "--state \(fault.text)", exitStatus: .cannotCreate)
        case .inUse: StartError(message: "--state \(fault.text)", exitStatus: .unavailable)
        default: StartError(message: "--state \(fault.text)", exitStatus: .configuration)
        }
    }

    /// Why a start fails for what is in a file.
    static func damage(
        of file: StateFile, in directory: borrowing StateDirectory, _ why: String
    ) -> StartError {
        StartError(
            message: "\(directory.path)/\(file.name): \(why); it is left as it is: put a copy back, "
                + "or move it away",
            exitStatus: .configuration)
    }
}

// MARK: - What the gate has done

extension AccessKeeper: AccessKeeping {
    func compare(
        password: [UInt8], with hash: PasswordHashText, id: UInt64, from network: IPAddress?, isKnown: Bool,
        _ poller: borrowing Poller
    ) -> Int? {
        submit(
            HashRequest(.compare, id: id, password: password, text: hash.bytes), from: network,
            isKnown: isKnown, poller)
    }

    func makeHash(
        of password: [UInt8], id: UInt64, from network: IPAddress?, _ poller: borrowing Poller
    ) -> Int? {
        let salt = Array(drawSecret().bytes.prefix(16))
        return submit(
            HashRequest(.make, id: id, password: password, text: salt), from: network,
            isKnown: false, poller)
    }

    private func submit(
        _ request: HashRequest?, from network: IPAddress?, isKnown: Bool, _ poller: borrowing Poller
    ) -> Int? {
        // Nobody can have a longer password than there is room for.
        guard let request else { return 1 }
        switch hash.submit(
            request, from: network, isKnown: isKnown, now: MonotonicClock.now(), poller: poller)
        {
        case .accepted: return nil
        case .full(let seconds): return seconds
        }
    }

    func cancelHash(_ id: UInt64) -> Bool { hash.cancel(id) }

    func keepFirstAdmin(_ admin: Admin, _ poller: borrowing Poller) {
        firstAdmin = admin
        write(AdminFile.bytes(of: [admin]), to: .admins, poller, now: MonotonicClock.now())
    }

    func note(_ event: AccessEvent) {
        // What was typed as a name may be a password that went into the wrong field: only names of ours are
        // told.
        if case .refused(let why, let typed, let source) = event,
            AccountName(typed).flatMap({ gate.authority.admin(named: $0) }) == nil
        {
            return log.write(.refused(why, name: [], from: source))
        }
        log.write(event)
    }

    func drawSecret() -> SecretBytes { KeyFile.draw() }
}
