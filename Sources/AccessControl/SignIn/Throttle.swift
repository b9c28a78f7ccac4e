import ByteCore
import Secrets

/// Who may try a password now: three budgets, each in a bounded table.
///
/// | whoever tries | is counted by |
/// |---|---|
/// | shows the cookie of a browser that signed in | that browser: waits after failures |
/// | does not | address with name: waits after failures; and name: tries in 15 minutes |
/// | has no known address | name alone |
///
/// A try is charged when it begins and given back when it was right: 200 at once are no way around a limit.
struct Throttle: Faultable, Sendable {
    /// A network and a name, of which nobody has to know whether it is one.
    struct Pair: Hashable, Sendable {
        let network: IPAddress
        let name: SHA256Digest
    }

    /// What a try was charged to.
    struct Charge: Sendable {
        let name: SHA256Digest
        let pair: Pair?
        let device: SHA256Digest?
        let at: Int64
    }

    /// Whether a try may begin.
    enum Verdict {
        case admitted(Charge)
        case refused(SignInRefusal, waitNanoseconds: Int64)
    }

    private var pairs = FailureTable<Pair>(capacity: Limits.throttleEntries)
    private var devices = FailureTable<SHA256Digest>(capacity: Limits.throttleEntries)
    private var names = TryTable(capacity: Limits.throttleEntries)
    #if DEBUG
        var fault = AuthorityFault.none {
            didSet {
                pairs.fault = fault
                devices.fault = fault
                names.fault = fault
            }
        }
    #endif

    /// Charges a try of `name`, or says what stands against it.
    mutating func admit(
        name: SHA256Digest, address: PeerAddress?, device: SHA256Digest?, now: Int64
    ) -> Verdict {
        let charge = Charge(
            name: name, pair: pair(name, address),
            device: device.map { isFaulty(.deviceBudgetShared) ? name : $0 },
            at: now)
        let (reason, wait) = wait(of: charge, at: now)
        guard wait == 0 else { return .refused(reason, waitNanoseconds: wait) }
        if let device = charge.device {
            devices.charge(device, at: now)
        } else {
            if let pair = charge.pair { pairs.charge(pair, at: now) }
            names.charge(name, at: now)
        }
        return .admitted(charge)
    }

    /// How long whoever made a try has to wait for the next, and for which budget's sake.
    func wait(of charge: Charge, at now: Int64) -> (SignInRefusal, nanoseconds: Int64) {
        if let device = charge.device { return (.throttledDevice, devices.wait(of: device, at: now)) }
        let byPair = charge.pair.map { pairs.wait(of: $0, at: now) } ?? 0
        let byName = names.wait(of: charge.name, at: now)
        return byPair > byName ? (.throttledAddress, byPair) : (.throttledName, byName)
    }

    /// The password was right. Only what this address failed with this name is forgotten: who else tries the
    /// name gains nothing by its owner's coming.
    mutating func succeeded(_ charge: Charge, at now: Int64) {
        if let device = charge.device { return devices.forgive(device) }
        if let pair = charge.pair { pairs.forgive(pair) }
        if isFaulty(.successForgivesAllAddresses) { pairs = FailureTable(capacity: Limits.throttleEntries) }
        names.refund(charge.name, chargedAt: charge.at, at: now)
    }

    /// No password was looked at after all.
    mutating func refund(_ charge: Charge, at now: Int64) {
        if let device = charge.device { return devices.refund(device) }
        if let pair = charge.pair { pairs.refund(pair) }
        names.refund(charge.name, chargedAt: charge.at, at: now)
    }

    /// Entries of all three tables.
    var count: Int { pairs.count + devices.count + names.count }

    private func pair(_ name: SHA256Digest, _ address: PeerAddress?) -> Pair? {
        guard case .ip(let address) = address else { return nil }
        return Pair(network: isFaulty(.networkIgnored) ? address : address.network, name: name)
    }
}
