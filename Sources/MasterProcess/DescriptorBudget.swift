/// How the master divides its descriptors, so that nobody who connects can take those it needs to do its
/// work.
///
/// ```
///  limit = own + 16 a worker | waiting for workers | connections of the HTTP port
/// ```
struct DescriptorBudget: Equatable {
    /// Connections that may wait for one worker to take them; past it the next worker is asked, and when all
    /// are full accepting rests, so that the kernel's queue holds them.
    let waitingPerWorker: Int
    /// Connections of the HTTP port.
    let httpConnections: Int
    /// Event streams among them, fewer, so that health and metrics can always be asked for.
    let viewers: Int

    /// For the master itself: 64 numbers that a child's start is copied above, 64 seats on which the HTTP
    /// port says that it is full, 16 that are told that their address has enough, 16 clients of the control
    /// socket, listeners, log, accepts in flight.
    private static let own = 176
    /// Two channels, counters page, process handle, and as many again while one worker replaces another.
    private static let perWorker = 16
    private static let mostWaiting = 1024
    private static let mostHTTP = 8192

    /// The fewest descriptors with which `workers` can be served.
    static func least(workers: Int) -> Int { reserved(workers: workers) + 2 * workers + 32 }

    /// What the master keeps for its own work.
    static func reserved(workers: Int) -> Int { own + perWorker * workers }

    /// Divides `limit`; nil where it is below `least`.
    init?(limit: Int, workers: Int) {
        guard limit >= Self.least(workers: workers) else { return nil }
        let free = limit - Self.reserved(workers: workers)
        waitingPerWorker = max(1, min(Self.mostWaiting, free / 4 / workers))
        httpConnections = min(Self.mostHTTP, free / 2)
        viewers = httpConnections - max(2, httpConnections / 40)
    }
}
