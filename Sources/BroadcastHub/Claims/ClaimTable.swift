import Tables

/// Why somebody may not speak for an identity.
public enum ClaimRefusal: Int, Error, CaseIterable, Sendable {
    /// The token was redeemed before, or one that is newer was.
    case replayed
    /// Somebody else, who got in with an older token, speaks for it still.
    case inUse
    /// Nobody remembers any more whether the token was redeemed before.
    case forgotten

    /// The value of the metric's label.
    public var label: StaticString {
        switch self {
        case .replayed: "replayed"
        case .inUse: "in_use"
        case .forgotten: "forgotten"
        }
    }
}

/// What whoever asks to speak for a signed identity shows.
public struct IdentityClaim: Equatable, Sendable {
    /// When the token that is redeemed was made, in epoch milliseconds; 0 with a new identity.
    public var stamp: UInt64
    /// The page load that asks, by a random number of its own.
    public var instance: UInt64

    public init(stamp: UInt64, instance: UInt64) {
        self.stamp = stamp
        self.instance = instance
    }
}

/// Which token each identity was redeemed with last and by which page load, so that a token lets nobody in
/// twice.
///
/// ```
///                                    same instance      another, none speaks    another, one speaks
///  stamp older than the newest       replayed           replayed                replayed
///  the newest                        taken              replayed                replayed
///  newer                             taken              taken                   in use
///
///  an identity that is not remembered: a stamp up to the horizon is forgotten, any other is taken
/// ```
/// Whoever speaks is remembered. Of those who left there are two kinds, each in a list of its own, so that
/// none pushes out the other: identities that redeemed a token, and new ones that have redeemed none, of
/// which there is nothing to be told but that they come back at once. Who has been gone for longest is
/// forgotten first; the stamp of a redeemed token that is forgotten becomes the horizon, so that however many
/// come and go no token lets in twice. What they can do is to have others who were away for long come back as
/// new ones.
struct ClaimTable: ~Copyable {
    /// No claim.
    static let none = UInt32.max

    struct Claim: BitwiseCopyable {
        var stamp: UInt64 = 0
        var instance: UInt64 = 0
        /// Slots that were joined with it and not left.
        var speakers: UInt32 = 0
        /// Those with none stand in a list, who has been gone for longest first.
        var previous = ClaimTable.none
        var next = ClaimTable.none

        var hasRedeemed: Bool { stamp != 0 }
    }

    /// Claims that nobody speaks with, linked through them.
    struct Gone: BitwiseCopyable {
        var longest = ClaimTable.none
        var newest = ClaimTable.none
        var count = 0
    }

    private let redeemedLimit: Int
    private let freshLimit: Int
    /// The identities, whose numbers are the claims'.
    private var ids: TextTable
    private var claims: ContiguousArray<Claim> = []
    /// Those who left and have redeemed a token, and those who have not.
    private(set) var redeemed = Gone()
    private(set) var fresh = Gone()
    /// The newest stamp that was redeemed and is not remembered, in epoch milliseconds; 0 where all are.
    private(set) var horizon: UInt64 = 0
    /// How many identities that redeemed a token were forgotten.
    private(set) var forgotten: UInt64 = 0

    #if DEBUG
        var fault = HubFault.none
    #endif

    /// Makes a table for so many of each kind who left, and `speakers` who speak.
    init(redeemed: Int, fresh: Int, speakers: Int, seed: UInt64) {
        redeemedLimit = redeemed
        freshLimit = fresh
        ids = TextTable(limit: speakers + redeemed + fresh + 1, seed: seed)
    }

    /// Identities remembered.
    var count: Int { ids.count }
    /// Numbers at and above this one were never given out.
    var numbersInUse: Int { ids.numbersInUse }

    func isInUse(_ number: UInt32) -> Bool { ids.contains(number) }
    func id(of number: UInt32) -> UnsafeRawBufferPointer { ids[number] }
    subscript(number: UInt32) -> Claim { claims[Int(number)] }

    /// Redeems a token for `id`: one slot more speaks with the claim of the number returned, which is
    /// `none` where there is no room to remember it.
    mutating func redeem(_ id: UnsafeRawBufferPointer, _ claim: IdentityClaim) throws(ClaimRefusal) -> UInt32
    {
        if let known = ids.find(id) {
            try judge(claim, against: claims[Int(known)])
            if claims[Int(known)].speakers == 0 { unlink(known) }
            claims[Int(known)].stamp = claim.stamp
            claims[Int(known)].instance = claim.instance
            claims[Int(known)].speakers += 1
            return known
        }
        if claim.stamp != 0, claim.stamp <= horizon { throw .forgotten }
        guard let number = ids.intern(id)?.number else {
            noteForgotten(claim.stamp)
            return Self.none
        }
        let fresh = Claim(stamp: claim.stamp, instance: claim.instance, speakers: 1)
        if Int(number) == claims.count { claims.append(fresh) } else { claims[Int(number)] = fresh }
        return number
    }

    private func judge(_ claim: IdentityClaim, against known: Claim) throws(ClaimRefusal) {
        if claim.stamp < known.stamp { throw .replayed }
        guard claim.instance != known.instance else { return }
        if claim.stamp == known.stamp { throw .replayed }
        if known.speakers > 0 { throw .inUse }
    }

    /// One slot less speaks with a claim.
    mutating func release(_ number: UInt32) {
        precondition(claims[Int(number)].speakers > 0)
        claims[Int(number)].speakers -= 1
        guard claims[Int(number)].speakers == 0 else { return }
        link(number)
        while redeemed.count > redeemedLimit {
            forget(isFaulty(.newestForgotten) ? redeemed.newest : redeemed.longest)
        }
        while fresh.count > freshLimit { forget(fresh.longest) }
    }

    /// Gives back what a crowd took that is gone.
    mutating func trim() {
        ids.trim()
        claims = ContiguousArray(claims[..<ids.numbersInUse])
    }

    private mutating func forget(_ number: UInt32) {
        if claims[Int(number)].hasRedeemed { noteForgotten(claims[Int(number)].stamp) }
        unlink(number)
        ids.remove(number)
    }

    private mutating func noteForgotten(_ stamp: UInt64) {
        guard stamp != 0 else { return }
        forgotten += 1
        if !isFaulty(.horizonForgotten) { horizon = max(horizon, stamp) }
    }

    private func isRemembered(asRedeemed claim: Claim) -> Bool {
        claim.hasRedeemed || isFaulty(.freshPushOutRedeemed)
    }

    private mutating func link(_ number: UInt32) {
        let isRedeemed = isRemembered(asRedeemed: claims[Int(number)])
        var list = isRedeemed ? redeemed : fresh
        claims[Int(number)].previous = list.newest
        claims[Int(number)].next = Self.none
        if list.newest == Self.none { list.longest = number } else { claims[Int(list.newest)].next = number }
        list.newest = number
        list.count += 1
        if isRedeemed { redeemed = list } else { fresh = list }
    }

    private mutating func unlink(_ number: UInt32) {
        let isRedeemed = isRemembered(asRedeemed: claims[Int(number)])
        var list = isRedeemed ? redeemed : fresh
        let (previous, next) = (claims[Int(number)].previous, claims[Int(number)].next)
        if previous == Self.none { list.longest = next } else { claims[Int(previous)].next = next }
        if next == Self.none { list.newest = previous } else { claims[Int(next)].previous = previous }
        list.count -= 1
        if isRedeemed { redeemed = list } else { fresh = list }
    }

    #if DEBUG
        @inline(__always)
        private func isFaulty(_ candidate: HubFault) -> Bool { fault == candidate }
    #else
        @inline(__always)
        private func isFaulty(_ candidate: HubFault) -> Bool { false }
    #endif
}

/// Taking over the claims of another table; this one is new.
extension ClaimTable {
    /// Gives `id`, which is new, a number beyond all others; false where there is no room or it is known.
    mutating func restore(_ id: UnsafeRawBufferPointer, as number: UInt32, _ claim: IdentityClaim) -> Bool {
        guard ids.restore(id, as: number) else { return false }
        while claims.count <= Int(number) { claims.append(Claim()) }
        claims[Int(number)] = Claim(stamp: claim.stamp, instance: claim.instance)
        return true
    }

    /// A slot speaks with a claim of this number; false where there is none.
    mutating func restoreSpeaker(_ number: UInt32) -> Bool {
        guard isInUse(number) else { return false }
        claims[Int(number)].speakers += 1
        return true
    }

    /// Adds a claim that nobody speaks with to the list of those, as the one gone last; false where somebody
    /// does or it is there already.
    mutating func restoreGone(_ number: UInt32) -> Bool {
        guard isInUse(number), claims[Int(number)].speakers == 0, number != redeemed.newest,
            number != fresh.newest, claims[Int(number)].next == Self.none
        else { return false }
        link(number)
        return true
    }

    /// Whether there is room for as many as are there.
    var isWithinLimits: Bool { redeemed.count <= redeemedLimit && fresh.count <= freshLimit }

    /// What could not be remembered, as the other table had it.
    mutating func restore(horizon: UInt64, forgotten: UInt64) {
        self.horizon = horizon
        self.forgotten = forgotten
    }
}
