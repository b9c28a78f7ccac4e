import PointerEvents
import Testing

@testable import RelayWire

struct RelayQueueTests {
    /// Folds as soon as more than eight records are queued.
    private static let small = FoldThresholds(
        foldBytes: 512, intervalBytes: 64, initialBytes: 128, idleBytes: 256)

    private func emptyQueue(_ thresholds: FoldThresholds = small) -> RelayQueue {
        var queue = RelayQueue(thresholds: thresholds)
        _ = queue.drain()
        return queue
    }

    private func told(_ bytes: [UInt8], joined slots: [UInt32]) throws -> [Told] {
        var inbox = Inbox()
        var opening = RelayQueue()
        for slot in slots { opening.appendJoin(slot: slot, connection: 1, id: "v") }
        _ = try inbox.receive(opening.drain())
        return try inbox.receive(bytes)
    }

    @Test func foldKeepsTheNewestMoveAndScrollOfEachSlot() throws {
        var queue = emptyQueue()
        queue.append(slot: 1, .move, x: 1)
        queue.append(slot: 1, .click, x: 2)
        queue.append(slot: 1, .move, x: 3)
        queue.append(slot: 2, .move, x: 4)
        queue.append(slot: 1, .scroll, x: 5)
        queue.append(slot: 1, .scroll, x: 6)
        queue.append(slot: 1, .click, x: 7)
        queue.append(slot: 1, .move, x: 8)
        #expect(queue.foldedCount == 0)
        queue.append(slot: 1, .up, x: 9)
        #expect(queue.foldedCount == 3)
        #expect(queue.queuedCount == 6)
        #expect(queue.unfoldableBytes == 3 * 64)
        let expected: [Told] = [
            .sample(slot: 1, kind: .click, x: 2),
            .sample(slot: 2, kind: .move, x: 4),
            .sample(slot: 1, kind: .scroll, x: 6),
            .sample(slot: 1, kind: .click, x: 7),
            .sample(slot: 1, kind: .move, x: 8),
            .sample(slot: 1, kind: .up, x: 9),
        ]
        #expect(try told(queue.drain(), joined: [1, 2]) == expected)
        #expect(queue.writtenCount == 6)
        #expect(queue.unfoldableBytes == 0)
    }

    @Test func whatDescribesAVisitorSurvivesAFold() throws {
        var queue = emptyQueue()
        queue.appendPage(index: 0, path: "/old")
        queue.appendPage(index: 1, path: "/new")
        queue.append(slot: 1, .move, x: 1, says: Surroundings(page: 0, width: 800.5, height: 600))
        queue.append(slot: 1, .move, x: 2, says: Surroundings(page: 1))
        queue.append(slot: 1, .move, x: 3)
        queue.append(slot: 1, .click, x: 4)
        queue.append(slot: 1, .move, x: 5, says: Surroundings(width: 900))
        queue.append(slot: 1, .scroll, x: 6)
        queue.append(slot: 1, .move, x: 7)
        queue.append(slot: 1, .move, x: 8)
        #expect(queue.foldedCount == 4)
        let expected: [Told] = [
            .text(.page, index: 0, bytes: Array("/old".utf8)),
            .text(.page, index: 1, bytes: Array("/new".utf8)),
            .sample(slot: 1, kind: .click, x: 4, says: Surroundings(page: 1, width: 800.5, height: 600)),
            .sample(slot: 1, kind: .scroll, x: 6, says: Surroundings(width: 900)),
            .sample(slot: 1, kind: .move, x: 7), .sample(slot: 1, kind: .move, x: 8),
        ]
        #expect(try told(queue.drain(), joined: [1]) == expected)
    }

    @Test func aPageIsNotCarriedToWhereItsNumberMeansAnother() throws {
        var queue = emptyQueue()
        queue.appendPage(index: 0, path: "/old")
        queue.append(slot: 1, .move, x: 1, says: Surroundings(page: 0))
        queue.append(slot: 1, .move, x: 2)
        queue.appendPage(index: 0, path: "/other")
        for x in 3...9 { queue.append(slot: 1, .move, x: Double(x)) }
        let told = try told(queue.drain(), joined: [1])
        #expect(
            told.prefix(4) == [
                .text(.page, index: 0, bytes: Array("/old".utf8)),
                .sample(slot: 1, kind: .move, x: 1, says: Surroundings(page: 0)),
                .text(.page, index: 0, bytes: Array("/other".utf8)), .sample(slot: 1, kind: .move, x: 7),
            ])
        #expect(queue.foldedCount == 5)
    }

    /// A record that had no tail grows by one, an unfoldable one too, and is accounted for.
    @Test func whatATailSaysSurvivesAFold() throws {
        var queue = emptyQueue()
        let tail = Surroundings.Tail(scrollY: 300, documentHeight: 9_000, pointerType: 1, element: 0)
        queue.appendText(.element, index: 0, text: "a")
        let before = queue.unfoldableBytes
        queue.append(slot: 1, .move, x: 1, says: Surroundings(tail: tail))
        queue.append(slot: 1, .click, x: 2)
        queue.append(slot: 1, .scroll, x: 3, says: Surroundings(tail: .init(scrollY: 400)))
        for x in 4...8 { queue.append(slot: 1, .scroll, x: Double(x)) }
        queue.append(slot: 1, .move, x: 9)
        queue.fold()
        #expect(queue.foldedCount == 6)
        #expect(queue.unfoldableBytes == before + RelayRecordType.tailedSampleBytes)
        var carried = tail
        carried.element = nil
        let expected: [Told] = [
            .text(.element, index: 0, bytes: Array("a".utf8)),
            .sample(slot: 1, kind: .click, x: 2, says: Surroundings(tail: carried)),
            .sample(slot: 1, kind: .scroll, x: 8, says: Surroundings(tail: .init(scrollY: 400))),
            .sample(slot: 1, kind: .move, x: 9),
        ]
        #expect(try told(queue.drain(), joined: [1]) == expected)
        #expect(queue.appended == queue.writtenCount + queue.foldedCount)
        #expect(queue.unfoldableBytes == 0)
    }

    @Test func aNameIsNotCarriedToWhereItsNumberMeansAnother() throws {
        var queue = emptyQueue()
        let named = Surroundings(tail: .init(name: 0))
        queue.appendText(.name, index: 0, text: "Ann")
        queue.append(slot: 1, .move, x: 1, says: named)
        queue.append(slot: 1, .move, x: 2)
        queue.appendText(.element, index: 0, text: "a")
        queue.append(slot: 1, .move, x: 3, says: named)
        queue.append(slot: 1, .move, x: 4)
        queue.appendText(.name, index: 0, text: "Bob")
        queue.append(slot: 1, .move, x: 5)
        queue.fold()
        let told = try told(queue.drain(), joined: [1])
        #expect(
            told == [
                .text(.name, index: 0, bytes: Array("Ann".utf8)),
                .sample(slot: 1, kind: .move, x: 1, says: named),
                .text(.element, index: 0, bytes: Array("a".utf8)),
                .sample(slot: 1, kind: .move, x: 3, says: named),
                .text(.name, index: 0, bytes: Array("Bob".utf8)), .sample(slot: 1, kind: .move, x: 5),
            ])
    }

    @Test func foldStopsAtALeave() throws {
        var queue = emptyQueue()
        queue.append(slot: 1, .move, x: 1)
        queue.append(slot: 1, .move, x: 2)
        queue.appendLeave(slot: 1, connection: 1)
        queue.appendJoin(slot: 1, connection: 2, id: "w")
        for x in 3...9 { queue.append(slot: 1, .move, x: Double(x)) }
        #expect(queue.foldedCount == 4)
        let expected: [Told] = [
            .sample(slot: 1, kind: .move, x: 2),
            .leave(slot: 1, connection: 1),
            .join(slot: 1, connection: 2, received: 7, id: Array("w".utf8)),
            .sample(slot: 1, kind: .move, x: 6),
            .sample(slot: 1, kind: .move, x: 7),
            .sample(slot: 1, kind: .move, x: 8),
            .sample(slot: 1, kind: .move, x: 9),
        ]
        let rest = try told(queue.drain(), joined: [1])
        #expect(rest == expected)
    }

    @Test func aPartlyWrittenRecordIsWrittenToItsEnd() throws {
        var queue = emptyQueue()
        queue.append(slot: 1, .move, x: 1)
        let first = Array(queue.readable.prefix(10))
        queue.wrote(10)
        for x in 2...10 { queue.append(slot: 1, .move, x: Double(x)) }
        #expect(queue.foldedCount > 0)
        #expect(queue.writtenCount == 0)
        let told = try told(first + queue.drain(), joined: [1])
        #expect(told.first == .sample(slot: 1, kind: .move, x: 1))
        #expect(told.last == .sample(slot: 1, kind: .move, x: 10))
        #expect(queue.appended == queue.writtenCount + queue.foldedCount)
    }

    @Test func unfoldableBytesCountWhatNoFoldRemoves() {
        var queue = RelayQueue(thresholds: Self.small)
        #expect(queue.unfoldableBytes == 16)
        queue.append(slot: 1, .move, x: 0)
        #expect(queue.unfoldableBytes == 16)
        queue.append(slot: 1, .enter, x: 0)
        queue.appendPage(index: 0, path: "/")
        #expect(queue.unfoldableBytes == 16 + 64 + 16)
        queue.wrote(15)
        #expect(queue.unfoldableBytes == 96)
        queue.wrote(1 + 64)
        #expect(queue.unfoldableBytes == 80)
        #expect(queue.writtenCount == 1)
        queue.wrote(80)
        #expect(queue.unfoldableBytes == 0)
        #expect(queue.isEmpty == true)
    }

    @Test func standardThresholdsHoldUnderAFlood() throws {
        var queue = emptyQueue(.standard)
        let slots = 100
        for serial in 0..<60_000 {
            queue.append(slot: UInt32(serial % slots), .move, x: Double(serial))
            if queue.count > RelayLimits.foldThresholdBytes + RelayLimits.foldIntervalBytes {
                Issue.record("the queue holds \(queue.count) bytes after \(serial) samples")
                return
            }
        }
        #expect(queue.foldedCount > 40_000)
        #expect(queue.capacity <= 2 * RelayLimits.foldThresholdBytes)
        #expect(queue.isOverUnfoldableLimit == false)
        let newest = try told(queue.drain(), joined: Array(0..<UInt32(slots))).suffix(slots)
        #expect(
            newest.map { $0 }
                == (0..<slots).map { .sample(slot: UInt32($0), kind: .move, x: Double(59_900 + $0)) })
        #expect(queue.appended == queue.writtenCount + queue.foldedCount)
        #expect(queue.capacity <= RelayLimits.idleQueueBytes)
    }

    @Test func aQueueThatNoFoldHelpsGrowsAndKeepsEverything() throws {
        var queue = emptyQueue(.standard)
        var serial = 0.0
        while queue.count < 3 * RelayLimits.foldThresholdBytes / 2 {
            queue.append(slot: 1, .click, x: serial)
            serial += 1
        }
        #expect(queue.isOverUnfoldableLimit == true)
        #expect(queue.foldedCount == 0)
        let told = try told(queue.drain(), joined: [1])
        #expect(told.count == Int(serial))
        #expect(told.last == .sample(slot: 1, kind: .click, x: serial - 1))
    }
}
