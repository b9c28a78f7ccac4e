import Tables
import Testing

/// Texts by place, while their block grows and goes.
@Suite struct TextArenaTests {
    @Test func textsKeepTheirPlacesWhileTheBlockGrows() {
        var arena = TextArena()
        var places: [(place: UInt32, text: [UInt8])] = []
        for number in 0..<2_000 {
            let text = Array("text \(number)".utf8)
            if !arena.hasRoom(for: text.count) { arena.grow(for: text.count) }
            places.append((text.withUnsafeBytes { arena.append($0) }, text))
        }
        for (place, text) in places { #expect(Array(arena.text(at: place, count: text.count)) == text) }
        #expect(arena.live == places.reduce(0) { $0 + $1.text.count })
        #expect(arena.capacity == 32_768)
        for (_, text) in places { arena.drop(text.count) }
        #expect(arena.live == 0 && arena.capacity == TextArena.leastCapacity)
    }

    /// From some size on a block has room to grow in; beyond that it moves.
    @Test(arguments: [0, 20_000, 600_000])
    func textsKeepTheirPlacesWhateverTheBlockIsMadeFor(count: Int) {
        var arena = TextArena(for: count)
        var capacities = [arena.capacity]
        var places: [UInt32] = []
        let text = Array("a text of twenty-four by".utf8)
        for number in 0..<100_000 {
            var text = text
            withUnsafeBytes(of: UInt32(number)) { text.replaceSubrange(..<4, with: $0) }
            if !arena.hasRoom(for: text.count) { arena.grow(for: text.count) }
            places.append(text.withUnsafeBytes { arena.append($0) })
            if arena.capacity != capacities.last { capacities.append(arena.capacity) }
        }
        let firstCapacity = count == 0 ? 4_096 : count == 20_000 ? 65_536 : 2_097_152
        #expect(capacities.first == firstCapacity && capacities.last == 4_194_304)
        #expect(zip(capacities, capacities.dropFirst()).allSatisfy { $0 * 2 == $1 })
        for (number, place) in places.enumerated() {
            let found = arena.text(at: place, count: text.count).loadUnaligned(as: UInt32.self)
            if found != UInt32(number) { Issue.record("\(number) is \(found)") }
        }
    }
}
