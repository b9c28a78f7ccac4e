import BroadcastHub
import IdentityWire
import PosixIO
import Secrets
import StateDirectory
import Telemetry

/// What visitors' identities are signed with, and which of their tokens have been used.
extension Master {
    /// Takes up which tokens have been used, and returns the key that they are signed with.
    func takeUpIdentities() throws(StartError) -> IdentityKey {
        let key = try Self.identityKey(settings, access)
        try takeUpClaims()
        return key
    }

    /// The key of the state directory, made there at the first start; where none is named, one for this
    /// master's life.
    private static func identityKey(
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

    // MARK: Used tokens

    /// The state directory, where one is used.
    private var identityPath: String? { settings.people?.statePath ?? settings.statePath }

    private static var epochMilliseconds: UInt64 { UInt64(MonotonicClock.wallClock() / 1_000_000) }

    /// Takes up which tokens an earlier server on the same directory saw used.
    ///
    /// Of a file that cannot be trusted nothing is taken, and no token of before now either: any of them may
    /// have been used.
    private func takeUpClaims() throws(StartError) {
        guard let path = identityPath else { return }
        let found: FoundClaims
        do throws(StateFault) {
            found = try Self.claims(in: StateDirectory.opening(path, isMade: false))
        } catch {
            throw AccessKeeper.failure(error)
        }
        switch found {
        case .none: break
        case .kept(let kept): hub.takeUp(kept)
        case .damaged:
            hub.takeUp(KeptClaims(horizon: Self.epochMilliseconds))
            log.write("identity_claims_dropped") { line in
                line.add("file", "\(path)/\(StateFile.identityClaims.name)")
            }
        }
    }

    /// What stands in the file of used tokens.
    private enum FoundClaims {
        case none
        case kept(KeptClaims)
        /// Nothing that this server has written, or more than it writes.
        case damaged
    }

    private static func claims(in directory: borrowing StateDirectory) throws(StateFault) -> FoundClaims {
        let found: StoredFile?
        do throws(StateFault) {
            found = try directory.read(.identityClaims)
        } catch {
            guard case .tooLarge = error.problem else { throw error }
            return .damaged
        }
        guard let found else { return .none }
        return unsafe found.bytes.withUnsafeBytes { unsafe KeptClaims($0) }.map { .kept($0) } ?? .damaged
    }

    /// Writes down which tokens were used, for the next server on the directory; another one that was faster
    /// is not forgotten. Who changes a file meanwhile is waited for until `deadline` (monotonic nanoseconds).
    func keepClaims(by deadline: Int64) {
        guard let path = identityPath else { return }
        let patience = max(
            MasterLimits.leastLastWriteMilliseconds, Int((deadline - MonotonicClock.now()) / 1_000_000))
        var kept = hub.keptClaims
        do throws(StateFault) {
            let directory = try StateDirectory.opening(path, isMade: false)
            try directory.changing(patienceMilliseconds: patience) {
                directory throws(StateFault) in
                let found = try Self.claims(in: directory)
                if case .kept(let earlier) = found { kept.add(earlier) }
                let now = Self.epochMilliseconds
                kept.thinOut(
                    before: now - min(now, IdentityLimits.tokenLifetime), limit: hub.limits.claims)
                if case .none = found, kept == KeptClaims() { return }
                try directory.write(kept.encoded(), to: .identityClaims)
            }
        } catch {
            log.write("identity_claims_not_kept") { $0.add("why", error.text) }
        }
    }
}
