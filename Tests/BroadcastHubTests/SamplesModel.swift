/// What a viewer of the default shape must be given, byte for byte, worked out from the world's whole log.
///
/// It is told two things that the hub is free to choose: where its ring begins, and what is sealed.
struct SamplesModel {
    enum Effect {
        case opening
        case heartbeat
        case reset
        case kill(n: Int)
        case caughtUp(n: Int)
        case event(n: Int)
    }

    struct Piece {
        var bytes: [UInt8]
        var effect: Effect
    }

    private enum Mode {
        case following
        case catching(until: Int, isReset: Bool, owesReset: Bool)
    }

    static let opening = Array((":" + String(repeating: " ", count: 2_048) + "\nretry: 2000\n\n").utf8)

    private let world: World
    private let rememberedKills: Int
    let baseOrdinal: UInt64
    /// Everything through this n was taken, or is in `owed`.
    private(set) var position: Int
    /// The rest of a message taken in part, the samples it delivers, and its n while the ring may still have
    /// it.
    private(set) var owed: [UInt8] = []
    private(set) var owedCredit: UInt64 = 0
    private var owedEvent: Int?
    private var mode = Mode.following
    private(set) var owesOpening = true
    var owesHeartbeat = false
    private(set) var delivered: UInt64 = 0
    private(set) var conflated: UInt64 = 0

    init(world: World, rememberedKills: Int, resume: Int?, resets: Bool) {
        self.world = world
        self.rememberedKills = rememberedKills
        position = resume ?? world.head
        baseOrdinal = world.ordinal(position)
        if resets { beginReset() }
    }

    /// Goes on in another world behind the message that is at hand.
    func goingOn(in world: World) -> SamplesModel {
        var next = SamplesModel(world: world, rememberedKills: rememberedKills, after: self)
        next.beginReset()
        return next
    }

    private init(world: World, rememberedKills: Int, after other: SamplesModel) {
        self.world = world
        self.rememberedKills = rememberedKills
        position = world.head
        baseOrdinal = world.ordinal(position) &- other.owedCredit
        owed = other.owed
        owedCredit = other.owedCredit
        owesOpening = other.owesOpening
        owesHeartbeat = other.owesHeartbeat
    }

    private mutating func beginReset() {
        let settled = baseOrdinal &+ delivered &+ conflated &+ owedCredit
        conflated += world.ordinal(world.head) &- settled
        position = 0
        mode = .catching(until: world.head, isReset: true, owesReset: true)
    }

    private var hasForgottenKills: Bool {
        let forgotten = world.kills.count - rememberedKills
        return forgotten > 0 && world.kills[forgotten - 1] > position
    }

    /// n of what a catch-up has still to send: kills, and newest samples of those present.
    private func missing(until: Int, isReset: Bool) -> [Int] {
        var missing: [Int] = []
        if !isReset { missing = world.kills.filter { $0 > position && $0 <= until } }
        for person in world.people
        where person.isPresent && person.newestN > position && person.newestN <= until {
            missing.append(person.newestN)
        }
        return missing.sorted()
    }

    /// Ends a catch-up that is through, or turns it into a reset.
    private mutating func advance() {
        guard case .catching(let until, let isReset, let owesReset) = mode else { return }
        let left = missing(until: until, isReset: isReset)
        if !isReset, hasForgottenKills, world.kills.contains(where: { $0 > position && $0 <= until }) {
            beginReset()
            return
        }
        if left.isEmpty, !owesReset {
            position = until
            mode = .following
            conflated += world.ordinal(until) &- (baseOrdinal &+ delivered &+ conflated &+ owedCredit)
        }
    }

    /// All that the viewer is to get now, in order; called after the hub has made its choice.
    mutating func pieces(firstN: Int, sealedN: Int) -> [Piece] {
        advance()
        if case .following = mode, position + 1 < firstN {
            if hasForgottenKills {
                beginReset()
            } else {
                mode = .catching(until: world.head, isReset: false, owesReset: false)
            }
            advance()
        }
        if let n = owedEvent, n < firstN { owedEvent = nil }
        var pieces: [Piece] = []
        // In the middle of a message that the ring still has, nothing can be slipped in.
        if owedEvent == nil {
            if owesOpening { pieces.append(Piece(bytes: Self.opening, effect: .opening)) }
            if owesHeartbeat { pieces.append(Piece(bytes: Array(":\n\n".utf8), effect: .heartbeat)) }
        }
        switch mode {
        case .following:
            // A hub with a mistake may be beyond the world.
            let end = min(sealedN, world.head)
            if position < end {
                for n in (position + 1)...end {
                    pieces.append(Piece(bytes: world.events[n - 1].message, effect: .event(n: n)))
                }
            }
        case .catching(let until, let isReset, let owesReset):
            if owesReset {
                let text = "\nevent: reset\ndata: {\"n\":\(until)}\n\n"
                pieces.append(Piece(bytes: world.idLine(0) + Array(text.utf8), effect: .reset))
            }
            for n in missing(until: until, isReset: isReset) {
                let event = world.events[n - 1]
                pieces.append(
                    Piece(bytes: event.filledMessage, effect: event.isKill ? .kill(n: n) : .caughtUp(n: n)))
            }
        }
        return pieces
    }

    /// The kernel took `count` bytes of what is owed and then of `pieces`.
    mutating func take(_ count: Int, of pieces: [Piece]) {
        var rest = count
        if !owed.isEmpty {
            let taken = min(rest, owed.count)
            owed.removeFirst(taken)
            rest -= taken
            if owed.isEmpty {
                delivered += owedCredit
                owedCredit = 0
                owedEvent = nil
            }
        }
        for piece in pieces where rest > 0 {
            let credit = settle(piece.effect)
            if rest >= piece.bytes.count {
                rest -= piece.bytes.count
                delivered += credit
            } else {
                owed = Array(piece.bytes[rest...])
                owedCredit = credit
                if case .event(let n) = piece.effect { owedEvent = n }
                rest = 0
            }
        }
        if count > 0 { advance() }
    }

    private mutating func settle(_ effect: Effect) -> UInt64 {
        switch effect {
        case .opening: owesOpening = false
        case .heartbeat: owesHeartbeat = false
        case .reset:
            if case .catching(let until, let isReset, _) = mode {
                mode = .catching(until: until, isReset: isReset, owesReset: false)
            }
        case .kill(let n): position = n
        case .caughtUp(let n):
            position = n
            if case .catching(_, let isReset, _) = mode { return isReset ? 0 : 1 }
        case .event(let n):
            position = n
            return world.events[n - 1].isKill ? 0 : 1
        }
        return 0
    }
}
