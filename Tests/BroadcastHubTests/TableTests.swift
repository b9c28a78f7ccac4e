import PointerEvents
import TestSupport
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// The hub's tables, each against the simplest thing that does the same.
@Suite struct TableTests {
    @Test func layouts() {
        // One cache line a visitor: the hot path touches it once.
        #expect(MemoryLayout<Visitor>.size == 64)
        #expect(MemoryLayout<VisitorLinks>.size == 8)
        #expect(MemoryLayout<PointerSample>.size == 64)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func visitorTableIsADictionary(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // A small table is always nearly full, so that searches run into one another.
        var table = VisitorTable(capacity: 24, seed: seed)
        var known: [String: UInt32] = [:]
        for _ in 0..<1_500 {
            let name = "v\(random.below(40))"
            let found = Array(name.utf8).withUnsafeBytes { table.find($0) }
            #expect(found == known[name])
            if let found {
                if random.once(in: 2) {
                    table.remove(found)
                    known[name] = nil
                }
            } else if !table.isFull {
                let index = Array(name.utf8).withUnsafeBytes { table.insert($0) }
                #expect(!known.values.contains(index))
                known[name] = index
            }
            #expect(table.count == known.count)
        }
        for (name, index) in known {
            #expect(String(decoding: table.id(of: index), as: UTF8.self) == name)
            #expect(
                String(decoding: table.prefix(of: index), as: UTF8.self) == "{\"id\":\"\(name)\",\"x\":")
            #expect(String(decoding: table.idJSON(of: index), as: UTF8.self) == "\"\(name)\"")
        }
    }

    @Test func listKeepsItsOrder() {
        var random = SplitMix64(seed: 1)
        var table = VisitorTable(capacity: 16, seed: 1)
        for index in 0..<16 { _ = [UInt8(index)].withUnsafeBytes { table.insert($0) } }
        var expected: [UInt32] = []
        for _ in 0..<2_000 {
            let index = UInt32(random.below(16))
            if let place = expected.firstIndex(of: index) {
                expected.remove(at: place)
                if random.once(in: 3) {
                    table.unlink(index)
                } else {
                    table.moveToNewest(index)
                    expected.append(index)
                }
            } else {
                table.link(index)
                expected.append(index)
            }
            var forwards: [UInt32] = []
            var visitor = table.oldest
            while visitor != Visitor.none {
                forwards.append(visitor)
                visitor = table.next(of: visitor)
            }
            var backwards: [UInt32] = []
            visitor = table.newest
            while visitor != Visitor.none {
                backwards.append(visitor)
                visitor = table.previous(of: visitor)
            }
            #expect(forwards == expected)
            #expect(backwards == expected.reversed())
            #expect(table.presentCount == expected.count)
        }
    }

    @Test func killLogForgetsTheOldest() {
        var log = KillLog(capacity: 3)
        #expect(log.firstIndex(after: 0) == 0)
        for n: UInt64 in [2, 5, 9, 11] {
            Array("id\(n)".utf8).withUnsafeBytes { log.append(n: n, id: $0) }
        }
        #expect(log.count == 3)
        #expect(log.forgottenThrough == 2)
        let cases: [(after: UInt64, index: Int)] = [
            (0, 0), (4, 0), (5, 1), (8, 1), (10, 2), (11, 3), (.max, 3),
        ]
        for (after, index) in cases { #expect(log.firstIndex(after: after) == index) }
        #expect((0..<3).map { String(decoding: log.id(at: $0), as: UTF8.self) } == ["id5", "id9", "id11"])
    }

    @Test func rateWindowHoldsFiveSeconds() {
        for start: UInt32 in [0, 1_732_109_508, .max - 2] {
            var window = RateWindow()
            var counts: [UInt32: UInt64] = [:]
            var random = SplitMix64(seed: UInt64(start))
            var second = start
            for _ in 0..<200 {
                second &+= UInt32(random.below(3) == 0 ? random.below(8) : 0)
                window.bump(second)
                counts[second, default: 0] += 1
                for later: UInt32 in 0..<7 {
                    let at = second &+ later
                    let expected = (0..<5).reduce(UInt64(0)) { $0 + counts[at &- UInt32($1), default: 0] }
                    #expect(window.total(at: at) == expected)
                }
            }
        }
    }

    @Test func ratesOfTheYoung() {
        var window = RateWindow()
        for _ in 0..<6 { window.bump(100) }
        // Six samples: within the first second that is 6/s, after 2.5 s 2.4/s, from 5 s on 1.2/s.
        #expect(window.perSecond(at: 100, ageNanoseconds: 1) == 6)
        #expect(window.perSecond(at: 102, ageNanoseconds: 2_500_000_000) == 2.4)
        #expect(window.perSecond(at: 104, ageNanoseconds: 90_000_000_000) == 1.2)
        #expect(window.perSecond(at: 105, ageNanoseconds: 90_000_000_000) == 0)
        // A clock that went backwards begins anew.
        window.bump(50)
        #expect(window.total(at: 50) == 1)
    }

    @Test func channelsNumbersAndLimits() {
        var table = ChannelTable(slotLimit: 20, pageLimit: 4)
        let numbers = (0..<12).map { table.open(processID: Int32($0)) }
        #expect(numbers == Array(0..<12))
        #expect(table.setVisitor(channel: 3, slot: 19, to: 7) == true)
        #expect(table.setVisitor(channel: 3, slot: 20, to: 7) == false)
        #expect(table.setVisitor(channel: 3, slot: .max, to: 7) == false)
        #expect(table.visitor(channel: 3, slot: 19) == 7)
        #expect(table.visitor(channel: 3, slot: 18) == Visitor.none)
        for (channel, slot) in [(4, 19), (-1, 0), (12, 0), (.max, 0), (3, .max)] as [(Int, UInt32)] {
            #expect(table.visitor(channel: channel, slot: slot) == Visitor.none)
        }
        #expect(table.setText(.page, channel: 3, number: 3, to: 1) == true)
        #expect(table.setText(.page, channel: 3, number: 4, to: 1) == false)
        #expect(table.page(channel: 3, number: 3) == 1)
        table.close(3)
        #expect(table.isOpen(3) == false)
        #expect(table.visitor(channel: 3, slot: 19) == Visitor.none)
        #expect(table.open(processID: 99) == 3)
        #expect(table.processID(of: 3) == 99)
        #expect(table.page(channel: 3, number: 3) == PageTable.none)
    }

    @Test func pagesAreInternedAndSwept() {
        var table = PageTable(limit: 4, byteLimit: 40, seed: 1)
        func intern(_ path: String) -> UInt32? { Array(path.utf8).withUnsafeBytes { table.intern($0) } }
        func text(_ page: UInt32) -> String { String(decoding: table.json(page), as: UTF8.self) }
        let first = intern("/a\"b")
        #expect(first != nil)
        #expect(intern("/a\"b") == first)
        #expect(text(first ?? 9) == "\"/a\\\"b\"")
        let others = ["/1", "/2", "/3"].map { intern($0) }
        #expect(Set(others + [first]).count == 4)
        #expect(intern("/4") == nil)
        table.beginSweep()
        table.mark(first ?? 9)
        table.mark(others[1] ?? 9)
        table.mark(.max)
        table.sweep()
        #expect(table.count == 2)
        #expect(intern("/a\"b") == first)
        #expect(intern("/2") == others[1])
        #expect(intern("/1") != nil)
        // 7 + 4 + 4 bytes are in use: 26 more are too many.
        #expect(intern(String(repeating: "x", count: 24)) == nil)
        #expect(intern(String(repeating: "x", count: 23)) != nil)
        #expect(table.json(PageTable.none).count == 0)
    }
}
