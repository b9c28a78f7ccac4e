import AccessControl
import ByteCore
import HelperProcesses
import PosixIO
import StateDirectory
import ViewerGateway

/// Which writing of a file is known, left to a successor.
///
/// ```
/// [ file u8 ][ inode u64 ][ bytes i64 ][ modified i64 ][ changed i64 ]
/// ```
struct CarriedStamp: Carriable {
    var file = StateFile.admins
    var stamp = FileStamp(inode: 0, byteCount: 0, modified: 0, changed: 0)

    init() {}

    init(_ file: StateFile, _ stamp: FileStamp) {
        self.file = file
        self.stamp = stamp
    }

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        var number = file.rawValue
        var (inode, bytes) = (stamp.inode, stamp.byteCount)
        var (modified, changed) = (stamp.modified, stamp.changed)
        try carrier.carry(&number)
        try carrier.carry(&inode)
        try carrier.carry(&bytes)
        try carrier.carry(&modified)
        try carrier.carry(&changed)
        guard let file = StateFile(rawValue: number) else { throw .malformed }
        self.file = file
        stamp = FileStamp(inode: inode, byteCount: bytes, modified: modified, changed: changed)
    }
}

/// Who is let in and what is known of the state directory, left to a successor.
///
/// ```
/// [ directory i32 ][ its lock i32 ][ path, URL: bytes ][ authority ]
/// [ stamps u32 ] n x [ stamp ][ link for the first admin: bytes, none for none ][ it holds until i64 ]
/// ```
struct CarriedAccess: Carriable {
    var directory: Int32 = 0
    var lock: Int32 = 0
    var path = ""
    var url = ""
    var authority = CarriedAuthority()
    var stamps: [CarriedStamp] = []
    var link = ""
    var linkEnds: Int64 = 0

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(descriptor: &directory)
        try carrier.carry(descriptor: &lock)
        try carrier.carry(&path, limit: 4096)
        try carrier.carry(&url, limit: 4096)
        try carrier.carry(&authority)
        try carrier.carry(&stamps, limit: StateFile.allCases.count)
        try carrier.carry(&link, limit: 16_384)
        try carrier.carry(&linkEnds)
    }
}

extension AccessKeeper {
    /// Whether nothing is under way that only this program would hear the end of.
    var isSettled: Bool { keep.isIdle && writing.isEmpty && firstAdmin == nil && hash.count == 0 }

    /// What a successor needs to go on.
    var carried: CarriedAccess {
        var carried = CarriedAccess()
        carried.directory = directory.raw
        carried.lock = heldLock
        carried.path = directory.path
        carried.url = url
        carried.authority = CarriedAuthority(gate.authority, gate.tokens, now: AccessGate.instant())
        carried.stamps = stamps.map { CarriedStamp($0.key, $0.value) }
        carried.link = invite?.link ?? ""
        carried.linkEnds = invite?.endsAt ?? 0
        return carried
    }

    /// Why a successor could not take up what lies in files of others; nil where it could.
    func unreadable() -> String? {
        do throws(StartError) {
            _ = try JWTBelief.reading(settings.jwt, isServing: true)
            return nil
        } catch {
            return error.message
        }
    }

    /// Takes over from the program before.
    func take(_ carried: CarriedAccess) {
        let known = AuthoritySettings(sessionsPerAdmin: settings.sessionsPerAdmin)
        guard let authority = Authority(carried.authority, settings: known, now: AccessGate.instant()),
            let tokens = TokenTable(carried.authority)
        else { Succession.giveUp(because: "who may sign in cannot be read") }
        do throws(StartError) {
            belief = try JWTBelief.reading(settings.jwt)
        } catch {
            Succession.giveUp(because: error.message)
        }
        gate = AccessGate(
            authority: authority, settings: settings.gate, verifier: belief?.verifier, keeper: self)
        gate.tokens = tokens
        for known in carried.stamps {
            stamps[known.file] = known.stamp
            watch.knows(known.stamp, of: known.file)
        }
        if !carried.link.isEmpty { invite = (carried.link, carried.linkEnds) }
    }
}
