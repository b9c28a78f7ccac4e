import IdentityWire
import Secrets
import StateDirectory

/// What visitors' identities are signed with.
extension Master {
    /// The key of the state directory, made there at the first start; where none is named, one for this
    /// master's life.
    static func identityKey(
        _ settings: MasterSettings, _ access: AccessKeeper?
    ) throws(StartError) -> IdentityKey {
        if let access { return try keptKey(in: access.directory) }
        guard let path = settings.statePath else { return IdentityKey(KeyFile.draw()) }
        let directory: StateDirectory
        do throws(StateFault) {
            directory = try StateDirectory.opening(path, isMade: true)
        } catch {
            throw AccessKeeper.failure(error)
        }
        return try keptKey(in: directory)
    }

    private static func keptKey(in directory: borrowing StateDirectory) throws(StartError) -> IdentityKey {
        let bytes: [UInt8]
        do throws(StateFault) {
            // Of two servers that start on it at once one makes the key, and the other reads it.
            bytes = try directory.changing { directory throws(StateFault) in
                if let found = try directory.read(.identityKey) { return found.bytes }
                let made = KeyFile.bytes(of: KeyFile.draw())
                try directory.write(made, to: .identityKey)
                return made
            }
        } catch {
            throw AccessKeeper.failure(error)
        }
        guard let key = KeyFile.key(in: bytes) else {
            throw AccessKeeper.damage(
                of: .identityKey, in: directory, "it holds no key; without it every visitor is a new one")
        }
        return IdentityKey(key)
    }
}
