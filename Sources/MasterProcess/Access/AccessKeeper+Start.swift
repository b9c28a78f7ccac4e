import AccessControl
import ByteCore
import Glibc
import PosixIO
import Secrets
import StateDirectory
import ViewerGateway

/// Taking up what is in the state directory.
extension AccessKeeper {
    /// Reads everything, once, before the server answers anybody: here a disk may be waited for.
    func takeUp(now: Int64) throws(StartError) {
        let authority = Authority(
            settings: AuthoritySettings(sessionsPerAdmin: settings.sessionsPerAdmin), key: try key())
        let belief = try JWTBelief.reading(settings.jwt)
        gate = AccessGate(
            authority: authority, settings: settings.gate, verifier: belief?.verifier, keeper: self)
        self.belief = belief
        let admins = try stored(.admins)
        do throws(AccessFileFault) {
            if let admins { _ = gate.authority.adminsChanged(to: try AdminFile.parse(admins)) }
        } catch {
            throw damaged(.admins, "line \(error.line): \(error.reason)")
        }
        let tokens = try stored(.tokens)
        do throws(AccessFileFault) {
            if let tokens { _ = gate.tokens.tokensChanged(to: try TokenFile.parse(tokens)) }
        } catch {
            throw damaged(.tokens, "line \(error.line): \(error.reason)")
        }
        if let sessions = try stored(.sessions) { restore(sessions) }
        try makeInvite(now: now)
    }

    /// Reads a file, whose writing is known from then on.
    private func stored(_ file: StateFile) throws(StartError) -> [UInt8]? {
        do throws(StateFault) {
            let found = try directory.read(file)
            stamps[file] = found?.stamp
            watch.knows(found?.stamp, of: file)
            return found?.bytes
        } catch {
            throw Self.failure(error)
        }
    }

    private func damaged(_ file: StateFile, _ why: String) -> StartError {
        Self.damage(of: file, in: directory, why)
    }

    /// Who was signed in before still is; of a file that cannot be trusted nobody.
    private func restore(_ bytes: [UInt8]) {
        do throws(SessionFileFault) {
            _ = try gate.authority.restoreSessions(from: bytes, now: AccessGate.instant())
        } catch {
            log.sessionsDropped()
        }
    }

    /// What this server signs with, made at the first start.
    private func key() throws(StartError) -> SecretBytes {
        if let found = try stored(.key) {
            guard let key = KeyFile.key(in: found) else {
                throw damaged(.key, "it holds no key; without it everybody signs in anew")
            }
            return key
        }
        let key = drawSecret()
        try writeNow(KeyFile.bytes(of: key), to: .key)
        return key
    }

    /// The link for the first admin, in a file as well: whoever started the server may see no terminal.
    private func makeInvite(now: Int64) throws(StartError) {
        guard let text = gate.authority.makeInvite(random: drawSecret(), now: AccessGate.instant()) else {
            do throws(StateFault) { return try directory.remove(.invite) } catch { throw Self.failure(error) }
        }
        let link = "\(url)first-admin?token=\(String(decoding: text, as: UTF8.self))"
        invite = (link, now + MasterLimits.inviteNanoseconds)
        try writeNow(Array("\(link)\n".utf8), to: .invite)
    }

    private func writeNow(_ bytes: [UInt8], to file: StateFile) throws(StartError) {
        do throws(StateFault) {
            _ = try directory.changing { directory throws(StateFault) in
                try directory.write(bytes, to: file)
            }
        } catch {
            throw Self.failure(error)
        }
    }
}
