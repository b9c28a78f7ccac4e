import Testing

@testable import TerminalGraph

@Suite struct GlyphsTests {
    @Test func anAreaCellIsFilledFromBelow() {
        #expect(Glyphs.unicode.area(left: 0, right: 0) == 0x20)
        #expect(Glyphs.unicode.area(left: 1, right: 0) == 0x2840)
        #expect(Glyphs.unicode.area(left: 0, right: 1) == 0x2880)
        #expect(Glyphs.unicode.area(left: 2, right: 3) == 0x2800 + 0x44 + 0xB0)
        #expect(Glyphs.unicode.area(left: 4, right: 4) == 0x28FF)
        #expect(Glyphs.unicode.area(left: 99, right: -1) == 0x2847)
        #expect((0...8).map { Glyphs.blocks.area(left: $0, right: 0) } == [0x20] + Array(0x2581...0x2588))
        #expect((0...3).map { Glyphs.ascii.area(left: $0, right: 0) } == [0x20, 0x2E, 0x3A, 0x23])
    }

    @Test func whatIsThereCanBeSeen() {
        for glyphs in Glyphs.allCases {
            #expect(glyphs.bar(0, of: 60) == 0x20)
            #expect(glyphs.bar(0.01, of: 60) != 0x20)
            #expect(glyphs.bar(60, of: 60) == glyphs.bar(900, of: 60))
            #expect(glyphs.bar(1, of: 0) == 0x20)
        }
        #expect((1...8).map { Glyphs.unicode.bar(Double($0), of: 8) } == Array(0x2581...0x2588))
    }

    @Test func dotsStandWhereTheirBitsSay() {
        // Numbers of braille dots, by rows, and Unicode's names: QUADRANT UPPER LEFT and so on.
        let numbers = [1, 4, 2, 5, 3, 6, 7, 8]
        for mask in 1...255 {
            let dots = numbers.indices.filter { mask >> $0 & 1 == 1 }.map { 1 << (numbers[$0] - 1) }
            #expect(Glyphs.unicode.dots(UInt8(mask)) == 0x2800 + UInt32(dots.reduce(0, +)))
        }
        #expect([1, 2, 4, 8].map { Glyphs.blocks.dots($0) } == [0x2598, 0x259D, 0x2596, 0x2597])
        #expect([3, 12, 5, 10].map { Glyphs.blocks.dots($0) } == [0x2580, 0x2584, 0x258C, 0x2590])
        #expect([9, 6, 15].map { Glyphs.blocks.dots($0) } == [0x259A, 0x259E, 0x2588])
        #expect([7, 11, 13, 14].map { Glyphs.blocks.dots($0) } == [0x259B, 0x259C, 0x2599, 0x259F])
        #expect(Glyphs.ascii.dots(1) == UInt32(UInt8(ascii: "*")))
        for glyphs in Glyphs.allCases {
            #expect(glyphs.dots(0) == 0x20)
            let masks = 1 << (glyphs.dotColumns * glyphs.dotRows)
            #expect(Set((0..<masks).map { glyphs.dots(UInt8($0)) }).count == masks)
        }
    }

    @Test func theLocaleDecides() {
        #expect(TerminalTraits.glyphs(codeset: "UTF-8", name: "xterm") == .unicode)
        #expect(TerminalTraits.glyphs(codeset: "ANSI_X3.4-1968", name: "xterm") == .ascii)
        #expect(TerminalTraits.glyphs(codeset: "ISO-8859-1", name: "xterm") == .ascii)
        #expect(TerminalTraits.glyphs(codeset: "UTF-8", name: "linux") == .ascii)
    }

    @Test func heatHasItsSteps() {
        #expect(Style.heat(0, of: 10) == .heat0)
        #expect(Style.heat(10, of: 10) == .heat7)
        #expect(Style.heat(1e300, of: 10) == .heat7)
        #expect(Style.heat(5, of: 10) == .heat4)
        #expect(Style.heat(.nan, of: 10) == .heat0)
        #expect(Style.heat(5, of: 0) == .heat0)
    }
}
