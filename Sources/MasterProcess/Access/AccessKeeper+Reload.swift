import AccessControl
import PosixIO
import StateDirectory
import ViewerGateway

/// What is read again with the configuration.
extension AccessKeeper {
    /// Reads the key of JWTs, and looks whether what is in the state directory can be used; nothing is taken
    /// of it yet.
    func examine(_ people: PeopleSettings?) throws(StartError) -> JWTBelief? {
        for file in [StateFile.admins, .tokens] { try examine(file) }
        // Whether people sign in is for a new start to change, and until then all is as it was.
        return try JWTBelief.reading((people ?? settings).jwt, isServing: true)
    }

    /// Which files `examine` reads.
    func examinedFiles(_ people: PeopleSettings?) -> [String] {
        [StateFile.admins, .tokens].map { "\(directory.path)/\($0.name)" }
            + [(people ?? settings).jwt?.keyPath].compactMap { $0 }
    }

    private func examine(_ file: StateFile) throws(StartError) {
        let bytes: [UInt8]
        do throws(StateFault) {
            try directory.check()
            guard let found = try directory.read(file) else { return }
            bytes = found.bytes
        } catch {
            throw StartError(message: error.text, exitStatus: .configuration)
        }
        do throws(AccessFileFault) {
            switch file {
            case .admins: _ = try AdminFile.parse(bytes)
            case .tokens: _ = try TokenFile.parse(bytes)
            case .key, .identityKey, .identityClaims, .invite, .sessions: break
            }
        } catch {
            throw StartError(
                message: "\(directory.path)/\(file.name):\(error.line): \(error.reason)",
                exitStatus: .configuration)
        }
    }

    /// Lets in by these settings from now on, and by the files as they are now; returns what was taken
    /// besides options whose values have changed.
    func take(
        _ people: PeopleSettings, _ belief: JWTBelief?, besides named: [String], _ gateway: ViewerGateway,
        _ poller: borrowing Poller, now: Int64
    ) -> [String] {
        settings = people
        var taken: [String] = []
        if !(belief?.isSame(as: self.belief) ?? (self.belief == nil)) {
            self.belief = belief
            gateway.take(belief?.verifier)
            // The option may be the same, and another key in its file.
            if !named.contains(where: { $0.hasPrefix("jwt-") }) { taken.append("jwt-key") }
        }
        return taken + lookNow(gateway, poller, now: now)
    }
}
