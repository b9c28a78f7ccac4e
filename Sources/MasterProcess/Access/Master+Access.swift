import ByteCore
import HTTPWire
import PosixIO
import StateDirectory
import Telemetry

/// Who is let in.
extension Master {
    /// Makes what decides about it; nil where nobody is asked.
    static func accessKeeper(
        _ settings: MasterSettings, _ http: SocketAddress, _ executable: borrowing Descriptor,
        _ log: EventLog, now: Int64
    ) throws(StartError) -> AccessKeeper? {
        guard let people = settings.people else { return nil }
        let own = http.path == nil ? "http://\(http.text)/" : "http://localhost/"
        return try AccessKeeper(
            people, url: settings.publicURL?.text ?? own, executable: executable, roles: settings.roles,
            log: log, now: now)
    }

    /// The same where the program before has left what decides about it.
    static func accessKeeper(
        _ settings: MasterSettings, _ left: CarriedMaster, _ executable: borrowing Descriptor,
        _ log: EventLog, now: Int64
    ) -> AccessKeeper? {
        guard (settings.people == nil) == (left.access == nil) else {
            Succession.giveUp(because: "--auth is another than that of the program before")
        }
        guard let people = settings.people, let carried = left.access else { return nil }
        return AccessKeeper(
            people, url: carried.url, executable: executable, roles: settings.roles, log: log,
            taking: carried, now: now)
    }

    /// Says where the first admin is made, or in which file that stands; the link itself belongs into no log.
    func announceInvite() {
        guard let access, access.invite != nil else { return }
        log.write("no_admin") { line in
            line.add("file", "\(access.directory.path)/first-admin-link")
            line.add("minutes", Int(MasterLimits.inviteNanoseconds / 60_000_000_000))
        }
    }

    /// Appends the link for the first admin to what the terminal is told, while there is one.
    func appendInvite(to text: inout ByteBuffer) -> Bool {
        guard var link = access?.invite?.link else { return false }
        link.withUTF8 { unsafe text.appendJSONString(UnsafeRawBufferPointer($0)) }
        return true
    }
}
