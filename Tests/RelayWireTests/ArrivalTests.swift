import ByteCore
import Testing

@testable import RelayWire

/// Connections that a worker has accepted itself, as its master hears of them.
struct ArrivalTests {
    private static let address = IPAddress(high: 0x0102_0304_0506_0708, low: 9)

    private func written(_ arrivals: [RelayArrival]) -> [UInt8] {
        var queue = RelayQueue()
        for arrival in arrivals { queue.appendArrived(arrival) }
        return queue.drain()
    }

    private func read(_ bytes: [UInt8]) -> Result<[Told], RelayError> {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        var reader = RelayReader(from: .worker)
        var left = UnsafeRawBufferPointer(memory)
        var told: [Told] = []
        do throws(RelayError) {
            while let (record, consumed) = try reader.next(left) {
                told.append(Told(record))
                left = UnsafeRawBufferPointer(rebasing: left[consumed...])
            }
            return .success(told)
        } catch {
            return .failure(error)
        }
    }

    @Test func areReadAsTheyWereWritten() {
        let arrivals = [
            RelayArrival(connection: 1 << 62, place: 7, address: nil, awaitsVerdict: false),
            RelayArrival(connection: 2, place: 0, address: Self.address, awaitsVerdict: false),
            RelayArrival(connection: 3, place: .max, address: Self.address, awaitsVerdict: true),
        ]
        #expect(read(written(arrivals)) == .success([.hello] + arrivals.map { .arrived($0) }))
    }

    @Test func lieAsDrawn() {
        let bytes = written([
            RelayArrival(connection: 258, place: 5, address: Self.address, awaitsVerdict: true)
        ])
        #expect(
            Array(bytes[16...]) == [
                11, 3, 32, 0, 5, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0,
                8, 7, 6, 5, 4, 3, 2, 1, 9, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    /// Who has no address is nobody that a verdict could be about.
    @Test func waitForNoVerdictWithoutAnAddress() {
        var bytes = written([RelayArrival(connection: 1, place: 1, address: nil, awaitsVerdict: false)])
        bytes[17] = 2
        #expect(read(bytes) == .failure(.badSample))
        bytes[17] = 4
        #expect(read(bytes) == .failure(.badSample))
    }

    @Test func areNothingThatAMasterSays() {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 48, alignment: 8)
        defer { memory.deallocate() }
        memory.copyBytes(
            from: written([RelayArrival(connection: 1, place: 1, address: nil, awaitsVerdict: false)]))
        var reader = RelayReader(from: .master)
        var left = UnsafeRawBufferPointer(memory)
        var fault: RelayError?
        do throws(RelayError) {
            while let (_, consumed) = try reader.next(left) {
                left = UnsafeRawBufferPointer(rebasing: left[consumed...])
            }
        } catch {
            fault = error
        }
        #expect(fault == .unexpectedType(11))
    }
}
