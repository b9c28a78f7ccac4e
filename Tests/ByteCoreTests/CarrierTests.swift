import ByteCore
import TestSupport
import Testing

/// How values get from a program to its successor.
@Suite struct CarrierTests {
    private struct Point: Carriable, Equatable {
        var x: Int32 = 0
        var isMarked = false

        mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
            try carrier.carry(&x)
            try carrier.carry(&isMarked)
        }
    }

    private struct Everything: Carriable, Equatable {
        var wide: UInt64 = 0
        var count = 0
        var share = 0.0
        var bytes: [UInt8] = []
        var text = ""
        var descriptor: Int32 = 0
        var maybe: Int64?
        var point: Point?
        var points: [Point] = []
        var numbers: [UInt32] = []

        mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
            try carrier.mark("TEST")
            try carrier.carry(&wide)
            try carrier.carry(&count, limit: 1_000)
            try carrier.carry(&share)
            try carrier.carry(&bytes, limit: 4)
            try carrier.carry(&text, limit: 8)
            try carrier.carry(descriptor: &descriptor)
            try carrier.carry(&maybe)
            try carrier.carry(&point)
            try carrier.carry(&points, limit: 2)
            try carrier.carry(&numbers, limit: 3)
        }
    }

    private static let full = Everything(
        wide: 0x0102_0304_0506_0708, count: 1_000, share: -1.5, bytes: [1, 2, 3, 4], text: "é",
        descriptor: 7, maybe: -1, point: Point(x: -2, isMarked: true), points: [Point(), Point(x: 9)],
        numbers: [1, 2, 3])

    @Test func theLayoutIsAsItIsDrawn() {
        let record = Everything(
            wide: 0x0102_0304_0506_0708, count: 3, share: 1, bytes: [9], text: "a", descriptor: 5, maybe: 2,
            point: Point(x: 1, isMarked: true), points: [Point(x: 2)], numbers: [4])
        let expected: [[UInt8]] = [
            Array("TEST".utf8), [8, 7, 6, 5, 4, 3, 2, 1],  // the mark, and a number, lowest byte first
            [3, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0xF0, 0x3F],  // an Int in 64 bits, 1.0
            [1, 0, 0, 0, 9], [1, 0, 0, 0, 0x61],  // one byte, one character
            [5, 0, 0, 0], [1, 2, 0, 0, 0, 0, 0, 0, 0],  // a descriptor, a number that is there
            [1, 1, 0, 0, 0, 1],  // a record that is there
            [1, 0, 0, 0, 2, 0, 0, 0, 0], [1, 0, 0, 0, 4, 0, 0, 0],  // a list of records, one of numbers
        ]
        #expect(carriedBytes(record) == expected.flatMap { $0 })
        #expect(handedOver(record) == record)
    }

    @Test func everythingIsReadAsItWasWritten() {
        for record in [Self.full, Everything()] {
            #expect(handedOver(record) == record)
            #expect(faultOfReading(record) == nil)
        }
    }

    @Test func descriptorsAreKnownOnBothSides() throws {
        var record = Self.full
        var writer = Carrier()
        try record.carry(with: &writer)
        let (named, isReading) = (writer.descriptors, writer.isReading)
        #expect(named == [7] && !isReading)
        try Array(writer.written).withUnsafeBytes { bytes in
            var reader = Carrier(reading: bytes)
            try record.carry(with: &reader)
            let (named, isAtEnd) = (reader.descriptors, reader.rest.isEmpty)
            #expect(named == [7] && isAtEnd)
        }
    }

    @Test func whatCannotBeIsRefused() {
        var faults: [CarryFault] = []
        func read(_ bytes: [UInt8], _ body: (inout Carrier) throws(CarryFault) -> Void) {
            bytes.withUnsafeBytes { bytes in
                var carrier = Carrier(reading: bytes)
                do throws(CarryFault) { try body(&carrier) } catch { faults.append(error) }
            }
        }
        var (flag, count, share, descriptor) = (false, 0, 0.0, Int32(0))
        var list: [UInt8] = []
        var numbers: [UInt64] = []
        read([2]) { carrier throws(CarryFault) in try carrier.carry(&flag) }
        read([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) { carrier throws(CarryFault) in
            try carrier.carry(&count)
        }
        read([5, 0, 0, 0, 0, 0, 0, 0]) { carrier throws(CarryFault) in try carrier.carry(&count, limit: 4) }
        read([0, 0, 0, 0, 0, 0, 0xF0, 0x7F]) { carrier throws(CarryFault) in try carrier.carry(&share) }
        read([0xFF, 0xFF, 0xFF, 0xFF]) { carrier throws(CarryFault) in
            try carrier.carry(descriptor: &descriptor)
        }
        read(Array("TSET".utf8)) { carrier throws(CarryFault) in try carrier.mark("TEST") }
        #expect(faults == Array(repeating: .malformed, count: 6))
        faults = []
        // A list that says it is long takes no memory before its bytes are there.
        read([0xFF, 0xFF, 0xFF, 0x0F, 1]) { carrier throws(CarryFault) in
            try carrier.carry(&list, limit: 4)
        }
        read([0xFF, 0xFF, 0xFF, 0x0F, 1]) { carrier throws(CarryFault) in
            try carrier.carry(&numbers, limit: .max)
        }
        #expect(faults == [.noRoom, .truncated])
    }
}
