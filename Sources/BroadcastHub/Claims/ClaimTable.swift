import Tables

/// Why somebody may not speak for an identity.
public enum ClaimRefusal: Int, Error, CaseIterable, Sendable {
    /// The token was redeemed before, or one that is newer was.
    case replayed
    /// Somebody else, who got in with an older token, speaks for it still.
    case inUse

    /// The value of the metric's label.
    public var label: StaticString {
        switch self {
        case .replayed: "replayed"
        case .inUse: "in_use"
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
/// ```
/// It remembers those who left as well, up to its limit: who has been gone for longest is forgotten first,
/// and while all of them speak, nobody new is remembered.
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
    }

    private let limit: Int
    /// The identities, whose numbers are the claims'.
    private var ids: TextTable
    private var claims: ContiguousArray<Claim> = []
    private(set) var idlest = ClaimTable.none
    private var newestIdle = ClaimTable.none

    init(limit: Int, seed: UInt64) {
        self.limit = limit
        ids = TextTable(limit: limit, seed: seed)
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
        if count == limit, idlest != Self.none {
            let forgotten = idlest
            unlink(forgotten)
            ids.remove(forgotten)
        }
        guard let number = ids.intern(id)?.number else { return Self.none }
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
        if claims[Int(number)].speakers == 0 { link(number) }
    }

    private mutating func link(_ number: UInt32) {
        claims[Int(number)].previous = newestIdle
        claims[Int(number)].next = Self.none
        if newestIdle == Self.none { idlest = number } else { claims[Int(newestIdle)].next = number }
        newestIdle = number
    }

    private mutating func unlink(_ number: UInt32) {
        let (previous, next) = (claims[Int(number)].previous, claims[Int(number)].next)
        if previous == Self.none { idlest = next } else { claims[Int(previous)].next = next }
        if next == Self.none { newestIdle = previous } else { claims[Int(next)].previous = previous }
    }
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
    mutating func restoreIdle(_ number: UInt32) -> Bool {
        guard isInUse(number), claims[Int(number)].speakers == 0, number != newestIdle,
            claims[Int(number)].next == Self.none
        else { return false }
        link(number)
        return true
    }
}
