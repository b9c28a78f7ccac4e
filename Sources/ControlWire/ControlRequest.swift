public import ByteCore

/// What an operator asks of a running server: one line of words with a space between (docs/protocol.md).
///
/// ```
/// status          how the server is                workers         every worker
/// info ID         one worker                       logs LINES      the newest lines of the log
/// follow LINES    the same, and those that come    events          what happens to workers from now on
/// reopen          open the log file anew           shutdown        stop the server
/// reload          new workers, new settings        scale N         as many workers
/// stop ID         drain a worker, start no other   restart ID      replace a worker
/// drain ID        no new connections for a worker
/// upgrade         the program on disk takes the server's place
/// ```
public enum ControlRequest: Equatable, Sendable {
    case status
    case workers
    /// A worker by its number, from 1.
    case info(Int)
    case logs(lines: Int)
    case follow(lines: Int)
    case events
    case reopen
    case shutdown
    case reload
    case scale(Int)
    case stop(Int)
    case restart(Int)
    case drain(Int)
    case upgrade

    /// The first word of each, as requests are counted by it.
    public enum Word: String, CaseIterable, Sendable {
        case status, workers, info, logs, follow, events, reopen, shutdown, reload, scale, stop, restart
        case drain, upgrade
    }

    /// What kind it is.
    public var word: Word {
        switch self {
        case .status: .status
        case .workers: .workers
        case .info: .info
        case .logs: .logs
        case .follow: .follow
        case .events: .events
        case .reopen: .reopen
        case .shutdown: .shutdown
        case .reload: .reload
        case .scale: .scale
        case .stop: .stop
        case .restart: .restart
        case .drain: .drain
        case .upgrade: .upgrade
        }
    }

    /// Reads a line without its line feed.
    public init(_ line: UnsafeRawBufferPointer) throws(ControlFault) {
        for index in 0..<line.count {
            let byte = unsafe line[index]
            guard byte >= 0x20, byte < 0x7F else { throw .notText }
        }
        let words = unsafe String(decoding: line, as: UTF8.self).split(separator: " ").map { String($0) }
        guard let first = words.first else { throw .empty }
        guard let word = Word(rawValue: first) else { throw .unknown(first) }
        guard words.count <= 2 else { throw .surplus(word) }
        let argument = words.count == 2 ? words[1] : nil
        func count(_ range: ClosedRange<Int>) throws(ControlFault) -> Int {
            guard let argument else { throw .missing(word) }
            guard let number = Self.number(argument), range.contains(number) else {
                throw .outside(word, range)
            }
            return number
        }
        let places = 1...ControlLimits.workers
        switch word {
        case .info: self = .info(try count(places))
        case .stop: self = .stop(try count(places))
        case .restart: self = .restart(try count(places))
        case .drain: self = .drain(try count(places))
        case .scale: self = .scale(try count(places))
        case .logs: self = .logs(lines: try count(0...ControlLimits.lines))
        case .follow: self = .follow(lines: try count(0...ControlLimits.lines))
        case .status, .workers, .events, .reopen, .shutdown, .reload, .upgrade:
            guard argument == nil else { throw .surplus(word) }
            self =
                switch word {
                case .status: .status
                case .workers: .workers
                case .events: .events
                case .reopen: .reopen
                case .shutdown: .shutdown
                case .upgrade: .upgrade
                default: .reload
                }
        }
    }

    /// Digits alone, at most as many as the largest number has.
    private static func number(_ text: String) -> Int? {
        guard text.utf8.count <= 4, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}

extension ByteBuffer {
    /// Appends a request and its line feed.
    public mutating func appendControl(_ request: ControlRequest) {
        append(text: request.word.rawValue)
        switch request {
        case .info(let number), .scale(let number), .stop(let number), .restart(let number),
            .drain(let number), .logs(let number), .follow(let number):
            append(" ")
            appendDecimal(number)
        case .status, .workers, .events, .reopen, .shutdown, .reload, .upgrade: break
        }
        append("\n")
    }
}
