import RateControl
import Testing

@testable import MasterProcess

/// Where visitors who are looked at are to be told so.
@Suite struct SamplingDeskTests {
    private static let ann = Array("ann".utf8)

    private func joins(
        _ desk: SamplingDesk, _ id: [UInt8], channel: Int, slot: UInt32, connection: UInt64
    ) {
        id.withUnsafeBytes { desk.joined($0, channel: channel, slot: slot, connection: connection) }
    }

    @Test func connectionsAreKnownByChannelAndSlot() {
        let desk = SamplingDesk(.standard, slotLimit: 8)
        joins(desk, Self.ann, channel: 2, slot: 7, connection: 40)
        joins(desk, Self.ann, channel: 2, slot: 8, connection: 41)
        #expect(desk.connection(channel: 2, slot: 7) == 40)
        #expect(desk.connection(channel: 2, slot: 6) == nil && desk.connection(channel: 1, slot: 7) == nil)
        #expect(desk.connection(channel: 2, slot: 8) == nil, "past the limit")
        #expect(desk.connection(channel: 9, slot: 0) == nil)
        joins(desk, Self.ann, channel: 2, slot: 7, connection: 42)
        #expect(desk.connection(channel: 2, slot: 7) == 42)
        desk.left(channel: 2, slot: 7)
        desk.left(channel: 2, slot: 7)
        desk.left(channel: 9, slot: 9)
        #expect(desk.connection(channel: 2, slot: 7) == nil)
        joins(desk, Self.ann, channel: 2, slot: 0, connection: 43)
        desk.closed(channel: 2)
        desk.closed(channel: 5)
        #expect(desk.connection(channel: 2, slot: 0) == nil)
    }

    @Test func whoMovesToAnotherWorkerIsToldThere() {
        let desk = SamplingDesk(.standard, slotLimit: 8)
        joins(desk, Self.ann, channel: 0, slot: 1, connection: 10)
        #expect(desk.takeNewcomers().isEmpty, "nobody is looked at")
        #expect(
            desk.began(Self.ann, at: [.init(channel: 0, connection: 10)])
                == [.init(channel: 0, connection: 10)])
        joins(desk, Array("ben".utf8), channel: 0, slot: 2, connection: 11)
        #expect(desk.takeNewcomers().isEmpty, "somebody else came")
        joins(desk, Self.ann, channel: 1, slot: 0, connection: 12)
        desk.left(channel: 0, slot: 1)
        #expect(desk.takeNewcomers() == [.init(channel: 1, connection: 12)])
        #expect(desk.takeNewcomers().isEmpty)
        #expect(desk.ended(Self.ann) == [.init(channel: 1, connection: 12)])
        #expect(desk.ended(Self.ann).isEmpty)
        joins(desk, Self.ann, channel: 1, slot: 3, connection: 13)
        #expect(desk.takeNewcomers().isEmpty, "nobody looks any more")
    }

    @Test func whoCameAndWentIsToldNothing() {
        let desk = SamplingDesk(.standard, slotLimit: 8)
        _ = desk.began(Self.ann, at: [])
        joins(desk, Self.ann, channel: 0, slot: 1, connection: 10)
        desk.left(channel: 0, slot: 1)
        joins(desk, Self.ann, channel: 1, slot: 1, connection: 11)
        desk.closed(channel: 1)
        #expect(desk.takeNewcomers().isEmpty && desk.ended(Self.ann).isEmpty)
    }

    @Test func oneVisitorIsToldOnEightConnections() {
        let desk = SamplingDesk(.standard, slotLimit: 100)
        let places = (1...20).map { SamplingDesk.Place(channel: 0, connection: $0) }
        #expect(desk.began(Self.ann, at: places).count == 8)
        joins(desk, Self.ann, channel: 0, slot: 1, connection: 99)
        #expect(desk.takeNewcomers().isEmpty)
        #expect(desk.ended(Self.ann).count == 8)
    }
}
