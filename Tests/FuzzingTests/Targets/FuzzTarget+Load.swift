import ByteCore
import Glibc
import PosixIO
import Tables

@testable import LoadGenerator
@testable import ViewerGateway

extension FuzzTarget {
    /// What a load run's processes tell one another.
    static let loadRecords = FuzzTarget(name: "load-records", longestInput: 1024, seeds: loadRecordSeeds) {
        input in
        Pieces.compare(input) { feed, transcript in
            var inbound = Inbound()
            var histogram = LatencyHistogram()
            guard let descriptor = try? Descriptor.opening("/dev/null", flags: O_RDWR) else { return }
            // Of its channel nothing is read here.
            var peer = LoadPeer(LoadChannel(descriptor))
            var isUnreadable = false
            while !isUnreadable, let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    var rest = UnsafeRawBufferPointer(bytes)
                    while true {
                        switch LoadRecord.next(rest) {
                        case .incomplete: return bytes.count - rest.count
                        case .unreadable:
                            isUnreadable = true
                            return bytes.count
                        case .record(let record, let consumed):
                            transcript.note(record.type.rawValue)
                            transcript.note(record.payload)
                            if record.type == .latencies { histogram.add(record) }
                            peer.hear(record)
                            rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                        }
                    }
                }
            }
            transcript.note(isUnreadable ? "unreadable" : "read")
            transcript.note(histogram.nanoseconds(at: 0.99))
            transcript.note(described: peer.progress)
            transcript.note(described: peer.faults.entries.map { "\($0.fault.text) \($0.count)" })
            transcript.note(described: peer.viewers)
        }
    }

    @Sendable private static func loadRecordSeeds() -> [[UInt8]] {
        let counts: [UInt32] = [3, 0, 7]
        var histogram = LatencyHistogram()
        var told = LatencyHistogram()
        for value in [1, 500, 500, 1 << 30, 1 << 50] as [Int64] { histogram.record(nanoseconds: value) }
        var growth = ByteBuffer(capacity: 256)
        histogram.appendGrowth(since: &told, as: .latencies, to: &growth)
        let orders = Seed.bytes { buffer in
            buffer.appendRecord(.open)
            buffer.appendRecord(.begin, Int64(5))
            buffer.appendRecord(.queue, Int64(16))
            counts.withUnsafeBytes { buffer.appendRecord(.totals, bytes: $0) }
            counts.withUnsafeBytes { buffer.appendRecord(.stopping, bytes: $0) }
            buffer.appendRecord(.finish)
        }
        let answers = Seed.bytes { buffer in
            buffer.appendRecord(.progress, LoadProgress())
            buffer.appendRecord(.viewer, ViewerFigures())
            counts.withUnsafeBytes { buffer.appendRecord(.sentCounts, bytes: $0) }
            buffer.appendRecord(.failure, bytes: ("no room" as StaticString).rawBytes)
            buffer.appendRecord(.done)
        }
        let faults = Seed.bytes { buffer in
            let numbers: [UInt64] = [1, 111, 5, 2, 0, 9, 99, 0, 1]
            numbers.withUnsafeBytes { buffer.appendRecord(.faults, bytes: $0) }
        }
        return [Array(growth.readable), orders, answers, faults]
    }

    /// A load run's viewer, which reads a server's stream line by line.
    static let loadArrivals = FuzzTarget(
        name: "load-arrivals", longestInput: 1024,
        seeds: {
            Seed.texts([
                "id: 00c0ffee00c0ffee-17\ndata: {\"id\":\"abc-000001\",\"x\":812.000001,\"y\":433.0000000005}\n\n",
                "data: {\"id\":\"abc-000000\",\"x\":  1.000001,\"y\":  1.5,\"k\":\"click\"}\n:\n\nid: 9\n\ndata: {\"kill\":\"abc-000000\"}\n\n",
                "event: reset\ndata: {\"n\":5}\n\nretry: 2000\r\ndata: {\"id\":\"xyz-1\",\"x\":1,\"y\":2}\n",
                "data: {\"id\":\"abc-000002\",\"x\":1.1000000,\"y\":2.99999999999}\ndata: {\"id\":\"abc-2\",\"x\":1.000001,\"y\":2}\n",
                "id: 99999999999999999999\nid: x-\nid:\n\ndata: {\"id\":\"abc-99999999999999999999\",\"x\":1,\"y\":2.1}\n",
            ])
        }
    ) { input in
        Pieces.compare(input) { feed, transcript in
            let scanner = {
                var scanner = ArrivalScanner(run: "abc", warmUpMicroseconds: 0)
                scanner.begin = 1
                return scanner
            }()
            var ledger = ArrivalLedger(visitorCount: 3)
            var latencies = LatencyHistogram()
            var inbound = Inbound()
            while let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    scanner.scan(
                        UnsafeRawBufferPointer(bytes), now: 20_000_000_000, ledger: &ledger,
                        latencies: &latencies)
                }
            }
            let sent: [UInt32] = [5, 5, 5]
            sent.withUnsafeBufferPointer {
                transcript.note(described: ledger.figures(sent: $0, isComing: true))
            }
            transcript.note(latencies.count)
            transcript.note(latencies.maximumNanoseconds)
        }
    }

    /// What the terminal's process says to its master: lines `detach` and `look ID`, among others.
    static let frontLines = FuzzTarget(
        name: "front-lines", longestInput: 256,
        seeds: {
            Seed.texts([
                "detach\n", "x\ndetach\ndetachx\n", "detach", "ddetach\n\ndetach\r\n", "look user123\n",
                "look\nlook \nlook  a b \n", "look \u{e9}\u{1F600}\n", "look \u{7f}\nlook a\tb\n", "look",
                "look " + String(repeating: "a", count: 64) + "\nlook " + String(repeating: "b", count: 65)
                    + "\n",
            ])
        }
    ) { input in
        let complaint = Pieces.compare(input) { feed, transcript in
            var lines = FrontLines()
            while let piece = feed.next() { lines.receive(piece) { transcript.note(described: ($0, $1)) } }
        }
        var said: [FrontLines.Word] = []
        var lines = FrontLines()
        lines.receive(input) { word, _ in said.append(word) }
        return complaint ?? (said == spokenLines(Array(input)) ? nil : "\(said) is not what is there")
    }

    /// The same, read at leisure.
    private static func spokenLines(_ bytes: [UInt8]) -> [FrontLines.Word] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        return lines.compactMap { line in
            guard let text = String(validating: line, as: UTF8.self) else { return nil }
            if text.utf8.elementsEqual("detach".utf8) { return .detach }
            if text.utf8.elementsEqual("look".utf8) { return .look([]) }
            guard line.starts(with: Array("look ".utf8)) else { return nil }
            let id = Array(line.dropFirst(5))
            let isID = (1...64).contains(id.count) && id.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            return isID ? .look(id) : nil
        }
    }
}
