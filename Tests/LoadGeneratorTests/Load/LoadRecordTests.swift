import ByteCore
import Testing

@testable import LoadGenerator

/// What one process of a run makes of another's bytes; whoever has come to harm takes nobody along.
struct LoadRecordTests {
    private func next(_ build: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer(capacity: 64)
        build(&buffer)
        return switch LoadRecord.next(buffer.readable) {
        case .incomplete: "incomplete"
        case .unreadable: "unreadable"
        case .record(let record, let consumed):
            "\(record.type) of \(record.payload.count), \(consumed) in all"
        }
    }

    @Test func wholeRecords() {
        #expect(next { $0.appendRecord(.begin, Int64(5)) } == "begin of 8, 16 in all")
        #expect(next { $0.appendRecord(.done) } == "done of 0, 8 in all")
        #expect(
            next { $0.appendRecord(.progress, LoadProgress()) }
                == "progress of \(MemoryLayout<LoadProgress>.size), \(MemoryLayout<LoadProgress>.size + 8) in all"
        )
    }

    @Test func halfARecord() {
        #expect(next { _ in } == "incomplete")
        #expect(next { $0.append(memoryOf: LoadRecordType.done.rawValue) } == "incomplete")
        #expect(
            next { buffer in
                buffer.appendRecord(.begin, Int64(5))
                buffer.truncate(by: 1)
            } == "incomplete")
    }

    @Test func whatNobodySays() {
        #expect(
            next { buffer in
                buffer.append(memoryOf: UInt32(9_999))
                buffer.append(memoryOf: UInt32(0))
            } == "unreadable")
    }

    @Test(arguments: [
        (LoadRecordType.begin, 7), (.queue, 16), (.progress, 8), (.viewer, 8), (.totals, 5), (.stopping, 2),
        (.latencies, 12), (.faults, 20), (.sentCounts, 4 * LoadLimits.visitors + 4), (.failure, 1 << 30),
    ])
    func lengthsThatNoTypeHas(type: LoadRecordType, bytes: Int) {
        // The header is judged alone: what it announces need not be there.
        #expect(
            next { buffer in
                buffer.append(memoryOf: type.rawValue)
                buffer.append(memoryOf: UInt32(bytes))
            } == "unreadable")
    }
}
