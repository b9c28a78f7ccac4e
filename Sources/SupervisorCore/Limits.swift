/// When the supervisor acts, each with its reason. Times are nanoseconds.
enum SupervisorLimits {
    /// Between two heartbeats.
    static let heartbeatNanoseconds: Int64 = 1_000_000_000
    /// A heartbeat so much too late says that this process stood still itself.
    static let standstillNanoseconds: Int64 = 500_000_000
    /// Heartbeats without an answer before a worker is killed: a worker that is only busy answers long
    /// before.
    static let missedHeartbeats = 5
    /// The second replacement within `steadyNanoseconds` waits so long; each further one twice as long.
    static let firstBackoffNanoseconds: Int64 = 100_000_000
    /// And never longer than this; each is between half of what it comes to and all of it.
    static let longestBackoffNanoseconds: Int64 = 10_000_000_000
    /// A worker that lived so long died of something else than its start.
    static let steadyNanoseconds: Int64 = 10_000_000_000
    /// Between two workers that are replaced for their memory: a limit that no worker can keep to costs one
    /// start in so long.
    static let memoryRestartNanoseconds: Int64 = 10_000_000_000
    /// After a death connections are evened out in so long: pages that fell with the worker are back by then,
    /// and went to the new one by themselves.
    static let returnNanoseconds: Int64 = 3_000_000_000
    /// Between two rounds of evening out.
    static let eveningNanoseconds: Int64 = 200_000_000
    /// Connections that one worker is asked to hand over in a round: some 5,000 a second.
    static let movesPerRound = 1_000
    /// Rounds without any move after which what was asked for is asked for anew: a second, in which whoever
    /// is only busy moves one.
    static let patientRounds = 5
    /// And after which it is left as it is.
    static let idleRounds = 20
    /// The fullest may have more than the emptiest by one part in so many.
    static let evenPart = 10
    /// A stopping worker is killed after so long.
    static let stopNanoseconds: Int64 = 3_000_000_000
    /// A worker that is to take over has to be ready in so long, or everything stays as it was.
    static let candidateNanoseconds: Int64 = 10_000_000_000
    /// Beyond the time in which a worker is to close everyone it has so long for peers that do not answer.
    static let drainSlackNanoseconds: Int64 = 5_000_000_000
    /// Connections that a worker may have beyond its room by what its master knows: handed over while it took
    /// others.
    static let arrivalsOnTheWay = 4_096
    /// Processes for each worker: the one that serves, its successor, and one that drains. The master keeps
    /// descriptors for as many.
    static let processesPerWorker = 3
    /// Places that are left to a successor: of 256 workers, with as many processes for each.
    static let carriedPlaces = 4096
    /// A stop is over after so long, even when the kernel still holds on to a killed worker: the whole server
    /// has 5 s, and what is left sees the end of its channels.
    static let abandonNanoseconds: Int64 = 4_000_000_000
}

/// Bounds of what is remembered of addresses, each with its reason.
enum AddressTableLimits {
    /// Addresses: 3 MiB, and more than ever connect at once from elsewhere than through a proxy. Beyond it
    /// newcomers are let in uncounted: who has a network of them must not be able to shut out others.
    static let addresses = 65_536
    /// New connections at once, in seconds of an address's rate: an office comes back as one after a restart.
    static let burstSeconds = 10
    /// Idle addresses looked at for each new connection, so that they go as fast as they come.
    static let forgottenPerAdmission = 2
    /// And each second, so that they go when nobody comes, too.
    static let forgottenPerSecond = 8_192
}
