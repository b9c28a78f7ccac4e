import PosixIO

/// What `pointerscope-bench` is told.
struct BenchmarkOptions: Equatable {
    /// How fast samples are offered.
    enum Rate: Equatable {
        /// So many a second, of all connections together.
        case perSecond(Int)
        /// As fast as the sockets take them.
        case unpaced
    }

    var ingest: SocketAddress
    var http: SocketAddress
    var path = "/receive/bench"
    var connections = 100
    var rate = Rate.perSecond(5000)
    var seconds = 5.0
    /// The part of the run before the latencies count.
    var warmUpSeconds = 1.0
    /// The longest wait for what is still under way when the last sample is out.
    var drainSeconds = 10.0
    var viewers = 1
    var slowViewers = 0
    var stalledViewers = 0
    var seed: UInt64 = 1

    /// What is wrong with an argument, for a person.
    struct UsageError: Error, Equatable {
        var text: String
    }

    static let usage = """
        usage: pointerscope-bench --ingest HOST:PORT --http HOST:PORT [options]
          --path PATH            the event stream (default /receive/bench)
          --connections N        WebSockets, one visitor each (default 100)
          --rate N|max           samples a second of all together, or as fast as they go (default 5000)
          --seconds S            how long samples are sent (default 5)
          --warm-up S            the first part, left out of the latencies (default 1)
          --drain S              the longest wait for what is under way at the end (default 10)
          --viewers N            event streams read whole (default 1)
          --slow-viewers N       event streams read at 1 KiB/s (default 0)
          --stalled-viewers N    event streams never read (default 0)
          --seed N               of mask keys (default 1)
        Prints one JSON object.

        """

    /// Reads the arguments behind the program's name.
    init(parsing arguments: [String]) throws(UsageError) {
        var values: [String: String] = [:]
        var index = 0
        while index < arguments.count {
            let name = arguments[index]
            guard Self.names.contains(name) else { throw UsageError(text: "unknown option \(name)") }
            guard index + 1 < arguments.count else { throw UsageError(text: "\(name) needs a value") }
            guard values.updateValue(arguments[index + 1], forKey: name) == nil else {
                throw UsageError(text: "\(name) was given twice")
            }
            index += 2
        }
        ingest = try Self.address(values["--ingest"], "--ingest")
        http = try Self.address(values["--http"], "--http")
        path = values["--path"] ?? path
        guard path.hasPrefix("/") else { throw UsageError(text: "--path begins with a slash") }
        connections = try Self.number(values["--connections"], "--connections", 1...20_000) ?? connections
        if values["--rate"] == "max" {
            rate = .unpaced
        } else if let number = try Self.number(values["--rate"], "--rate", 1...10_000_000) {
            rate = .perSecond(number)
        }
        seconds = try Self.duration(values["--seconds"], "--seconds") ?? seconds
        warmUpSeconds = try Self.duration(values["--warm-up"], "--warm-up") ?? warmUpSeconds
        drainSeconds = try Self.duration(values["--drain"], "--drain") ?? drainSeconds
        viewers = try Self.number(values["--viewers"], "--viewers", 0...1000) ?? viewers
        slowViewers = try Self.number(values["--slow-viewers"], "--slow-viewers", 0...1000) ?? 0
        stalledViewers = try Self.number(values["--stalled-viewers"], "--stalled-viewers", 0...1000) ?? 0
        seed = UInt64(try Self.number(values["--seed"], "--seed", 0...Int.max) ?? 1)
    }

    private static let names: Set<String> = [
        "--ingest", "--http", "--path", "--connections", "--rate", "--seconds", "--warm-up", "--drain",
        "--viewers", "--slow-viewers", "--stalled-viewers", "--seed",
    ]

    private static func address(_ text: String?, _ name: String) throws(UsageError) -> SocketAddress {
        guard let text else { throw UsageError(text: "\(name) is missing") }
        do throws(SocketAddress.ParseError) {
            return try SocketAddress(parsing: text)
        } catch {
            throw UsageError(text: "\(name) takes HOST:PORT, not \(text)")
        }
    }

    private static func number(
        _ text: String?, _ name: String, _ range: ClosedRange<Int>
    ) throws(UsageError) -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                text: "\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        return number
    }

    private static func duration(_ text: String?, _ name: String) throws(UsageError) -> Double? {
        guard let text else { return nil }
        guard let seconds = Double(text), seconds >= 0, seconds <= 3600 else {
            throw UsageError(text: "\(name) takes seconds, at most 3600, not \(text)")
        }
        return seconds
    }
}
