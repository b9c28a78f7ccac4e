import TestSupport

/// One process of the simulated world. Times are nanoseconds of the world's clock.
struct SimulatedWorker {
    /// How it takes being told to stop.
    enum Manners {
        case leaves(after: Int64)
        case ignoresStop
    }

    var startedAt: Int64
    /// When it will say that it is ready; nil once it has.
    var readyAt: Int64?
    var capacity: Int
    /// When it will end of itself.
    var endsAt: Int64
    /// How long it takes to answer a heartbeat; nil while it hangs.
    var pongDelay: Int64?
    /// The answer on its way.
    var pongAt: Int64?
    var manners: Manners
    /// The kernel does not let it go, whatever it is sent.
    var isHeldByKernel: Bool
    /// Whether it hands connections over when it is told to.
    var hands: Bool
    /// Connections that it is to hand over, and when it does some of it.
    var movesPending = 0
    var moveAt: Int64?
    /// Memory of its own.
    var memory: UInt64 = 0

    // What the world's referee knows of it.
    var connections = 0
    /// When it was told to stop; where the tree stood still since, so much later.
    var toldToStopAt: Int64?
    /// It is given no more connections from now on.
    var isClosed = false
    /// When it was told to close everyone, and within what time.
    var drain: (toldAt: Int64, within: Int64)?
    /// It has a place to take over, and has not yet.
    var isCandidate = false
    var isKilled = false
    /// The loop's running time when the oldest heartbeat without an answer was sent.
    var unansweredSince: Int64?
    /// Times the tree stood still since then, or since it was told to stop.
    var standstills = 0

    /// Whether it has a place that is free.
    var hasRoom: Bool { connections < capacity }

    /// Whether its connections are to go to others.
    var isEmptied: Bool { drain != nil && isReady }

    /// Whether it takes connections.
    var isRunning: Bool { isReady && !isClosed && !isCandidate }

    /// Whether it could.
    var isReady: Bool { readyAt == nil && toldToStopAt == nil && !isKilled }

    /// What it does next of itself, and when.
    var nextEvent: Int64 { min(readyAt ?? .max, endsAt, pongAt ?? .max, moveAt ?? .max) }

    mutating func wasToldToStop(at now: Int64) {
        toldToStopAt = now
        standstills = 0
        if case .leaves(let delay) = manners, !isHeldByKernel { endsAt = min(endsAt, now + delay) }
    }

    mutating func wasKilled(at now: Int64) {
        isKilled = true
        stopTurning()
        readyAt = isReady ? nil : readyAt
        endsAt = isHeldByKernel ? .max : now + 1_000_000
    }

    /// It does nothing any more of itself.
    mutating func stopTurning() {
        pongDelay = nil
        pongAt = nil
        hands = false
        movesPending = 0
        moveAt = nil
    }

    /// The whole tree stood still for so long: everything it was about to do comes later.
    mutating func stoodStill(for duration: Int64) {
        func later(_ time: Int64) -> Int64 { time == .max ? time : time + duration }
        readyAt = readyAt.map(later)
        endsAt = later(endsAt)
        pongAt = pongAt.map(later)
        moveAt = moveAt.map(later)
        standstills += 1
    }
}

extension SimulatedWorker {
    /// A worker as chance makes them: some die young, some hang, some have no manners.
    init(bornAt now: Int64, _ random: inout SplitMix64) {
        startedAt = now
        let isSlow = random.happens(percent: 4)
        readyAt = now + Int64(random.below(isSlow ? 30_000 : 30)) * millisecond
        capacity = random.happens(percent: 50) ? 1000 : 1 + random.below(3)
        let diesYoung = random.happens(percent: 40)
        endsAt = now + Int64(diesYoung ? random.below(11_000) : 20_000 + random.below(200_000)) * millisecond
        pongDelay = random.happens(percent: 85) ? Int64(random.below(900)) * millisecond : nil
        manners =
            random.happens(percent: 80)
            ? .leaves(after: Int64(random.below(3500)) * millisecond) : .ignoresStop
        isHeldByKernel = random.happens(percent: 4)
        hands = random.happens(percent: 90)
    }

    /// It lives on and does what it is told.
    mutating func becomesWell() {
        guard !isKilled, toldToStopAt == nil else { return }
        endsAt = .max
        pongDelay = millisecond
        manners = .leaves(after: millisecond)
        isHeldByKernel = false
        hands = true
    }
}

let millisecond: Int64 = 1_000_000
let second: Int64 = 1_000_000_000
