import ByteCore
import PointerEvents
import TestSupport
import Testing

@testable import IngestWorker

/// The record of a connection that moves, byte by byte.
@Suite struct MovedRecordTests {
    private func bytes(_ record: MovedConnection) -> [UInt8] {
        var buffer = ByteBuffer()
        record.append(to: &buffer)
        return Array(buffer.readable)
    }

    private func isRefused(_ bytes: [UInt8]) -> Bool { (try? MovedConnection.reading(bytes)) == nil }

    private static var open: MovedConnection {
        var record = MovedConnection(phase: .open)
        record.flags = [.deflates, .hasRates]
        record.sinceSeconds = 2
        record.unfinishedSinceSeconds = 3
        record.shareFullAt = 4
        record.rates = MovedConnection.Rates(eventsFullAt: 5, bytesFullAt: 6, overSince: 7)
        (record.neededBytes, record.lastWork, record.addressKey, record.textsDue) = (9, 0x0A, 0x0B, 0x0C)
        record.lastHeard = 1
        record.speakers = [[0x61], [0x62, 0x63]]
        record.socket = [0xEE]
        record.kept = [1, 2]
        record.outbound = [3]
        return record
    }

    @Test func bytesOfAnOpenConnection() throws {
        let expected: [UInt8] = [
            1, 0, 3, 0, 0x21, 0, 2, 0,  // version, phase, 0, flags, speakers
            2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,  // since, unfinished since
            4, 0, 0, 0, 0, 0, 0, 0,  // share: full at
            5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // rates
            9, 0, 0, 0, 0x0A, 0, 0, 0, 0x0B, 0, 0, 0, 0x0C, 0, 0, 0,  // needed, work, address, texts
            1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,  // last heard, kept, outbound, socket
            1, 0x61, 2, 0x62, 0x63,  // speakers
            0xEE, 1, 2, 3,  // socket, kept, outbound
        ]
        #expect(bytes(Self.open) == expected)
        #expect(try MovedConnection.reading(expected) == Self.open)
    }

    @Test func bytesOfAVisitorWhoSpeaksTheCompactFormat() throws {
        var record = MovedConnection(phase: .open)
        record.flags = [.isWire, .isKnown, .hasOwnPace]
        record.speakers = [[0x7E]]
        record.lastHeard = 0
        record.wire = MovedConnection.Wire(
            sinceSeconds: 8, told: Pace(rate: 60, batchMilliseconds: 50),
            own: Pace(rate: 10, batchMilliseconds: 200))
        let bytes = bytes(record)
        #expect(bytes.count == 88 + 2 + 24 + WireV1State.movedBytes)
        #expect(
            Array(bytes[90..<114]) == [
                8, 0, 0, 0, 0, 0, 0, 0,  // since
                60, 0, 0, 0, 50, 0, 0, 0, 10, 0, 0, 0, 200, 0, 0, 0,  // told, own
            ])
        #expect(try MovedConnection.reading(bytes) == record)
        // Who is known is somebody, and who is not is nobody.
        record.speakers = []
        record.lastHeard = MovedConnection.nobody
        #expect(isRefused(self.bytes(record)))
        record.flags.remove(.isKnown)
        #expect(!isRefused(self.bytes(record)))
    }

    @Test func everythingThatIsCutOffOrTooLongIsRefused() {
        let whole = bytes(Self.open)
        for count in 0..<whole.count { #expect(isRefused(Array(whole.prefix(count))), "\(count)") }
        #expect(isRefused(whole + [0]))
    }

    @Test func whatCannotBeIsRefused() {
        let whole = bytes(Self.open)
        func spoiled(_ offset: Int, _ byte: UInt8) -> [UInt8] {
            var bytes = whole
            bytes[offset] = byte
            return bytes
        }
        for (offset, byte) in [
            (0, 2), (2, 4), (3, 1), (5, 2), (6, 3), (15, 0x80), (23, 0x80), (56, 2), (59, 1), (72, 2),
            (74, 1),
            (88, 0), (88, 65), (89, 0xC3), (76, 3), (80, 2), (84, 2),
        ] as [(Int, UInt8)] { #expect(isRefused(spoiled(offset, byte)), "\(offset)") }
        // Others are open alone.
        #expect(isRefused(spoiled(2, 1)))
        do throws(MoveFault) {
            _ = try MovedConnection.reading(Array(whole.dropLast()))
        } catch {
            #expect(error.isOpen)
        }
    }

    @Test func randomRecordsComeBackAsTheyWere() throws {
        var random = SplitMix64(seed: 4)
        for _ in 0..<500 {
            let phase = random.pick([.proxyHeader, .handshake, .keptAlive, .open] as [MovedConnection.Phase])
            var record = MovedConnection(phase: phase)
            record.sinceSeconds = Int64(random.below(1 << 40))
            record.kept = (0..<random.below(200)).map { _ in UInt8(random.below(256)) }
            record.neededBytes = UInt32(record.kept.count + 1 + random.below(100))
            record.outbound = (0..<random.below(50)).map { _ in UInt8(random.below(256)) }
            record.lastWork = UInt32(random.below(1 << 31))
            if phase == .open {
                record.socket = (0..<random.below(50)).map { _ in UInt8(random.below(256)) }
                record.speakers = (0..<random.below(257)).map { Array("v\($0)".utf8) }
                let count = record.speakers.count
                if count > 0 { record.lastHeard = UInt16(random.below(count)) }
                if random.once(in: 2) { record.flags.insert(.hasRest) }
            }
            #expect(try MovedConnection.reading(bytes(record)) == record)
        }
    }

    @Test func bytesOfPosters() throws {
        var moved = MovedPosters()
        moved.posters = [
            MovedPosters.Poster(heardSeconds: 7, id: [0x61]),
            MovedPosters.Poster(heardSeconds: 8, id: [0x62]),
        ]
        var buffer = ByteBuffer()
        moved.append(to: &buffer)
        let expected: [UInt8] = [
            1, 0, 255, 0, 2, 0, 0, 0,  // version, mark, 0, visitors
            7, 0, 0, 0, 1, 0x61, 8, 0, 0, 0, 1, 0x62,  // heard, length, id
        ]
        #expect(Array(buffer.readable) == expected)
        #expect(try MovedPosters.reading(expected) == moved)
        for count in expected.indices {
            #expect((try? MovedPosters.reading(Array(expected.prefix(count)))) == nil)
        }
        #expect((try? MovedPosters.reading(expected + [0])) == nil)
    }

    /// Everybody who is moved at most comes with the most that may be kept of them, and that has room.
    @Test func theLargestFits() {
        var record = MovedConnection(phase: .open)
        record.speakers = (0..<256).map { _ in [UInt8](repeating: 0x61, count: 64) }
        record.kept = [UInt8](repeating: 1, count: 64 * 1024 + 14)
        record.socket = [UInt8](repeating: 1, count: 24 + 64 * 1024)
        record.outbound = [UInt8](repeating: 1, count: WorkerLimits.outboundBytes)
        #expect(bytes(record).count < 180 * 1024)
    }
}
