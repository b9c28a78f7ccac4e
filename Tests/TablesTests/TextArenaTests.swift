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
}
