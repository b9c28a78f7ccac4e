import PointerEvents
import Testing

struct PointerSampleTests {
    /// The layout drawn beside the type, which the relay's records rely on.
    @Test func hasTheLayoutThatIsDrawn() {
        #expect(MemoryLayout<PointerSample>.size == 64)
        #expect(MemoryLayout<PointerSample>.stride == 64)
        #expect(MemoryLayout<PointerSample>.alignment == 8)
        #expect(MemoryLayout<PointerSample>.offset(of: \.type) == 0)
        #expect(MemoryLayout<PointerSample>.offset(of: \.fields) == 1)
        #expect(MemoryLayout<PointerSample>.offset(of: \.length) == 2)
        #expect(MemoryLayout<PointerSample>.offset(of: \.slot) == 4)
        #expect(MemoryLayout<PointerSample>.offset(of: \.receivedNanoseconds) == 8)
        #expect(MemoryLayout<PointerSample>.offset(of: \.x) == 16)
        #expect(MemoryLayout<PointerSample>.offset(of: \.y) == 24)
        #expect(MemoryLayout<PointerSample>.offset(of: \.clientTime) == 32)
        #expect(MemoryLayout<PointerSample>.offset(of: \.width) == 40)
        #expect(MemoryLayout<PointerSample>.offset(of: \.height) == 48)
        #expect(MemoryLayout<PointerSample>.offset(of: \.page) == 56)
        #expect(MemoryLayout<PointerSample>.offset(of: \.buttons) == 60)
        #expect(MemoryLayout<PointerSample>.offset(of: \.kind) == 62)
        #expect(MemoryLayout<PointerSample>.offset(of: \.flags) == 63)
        #expect(PointerSample().length == 64)
    }

    @Test func foldsOnlyWhatANewerOneReplaces() {
        let foldable = PointerKind.allCases.filter(\.isFoldable)
        #expect(foldable == [.move, .scroll])
    }

    /// A new field is either of one moment, or folding and catching up must pass it on.
    @Test func everyFieldIsOfAMomentOrOfTheSurroundings() {
        let ofAMoment: SampleFields = [.clientTime, .kind, .buttons]
        #expect(ofAMoment.isDisjoint(with: .surroundings))
        #expect(ofAMoment.union(.surroundings).rawValue == 0x3F)
    }

    @Test func takesSurroundingsThatItDoesNotSayItself() {
        var older = PointerSample(x: 1, y: 2, kind: .click)
        older.fields = [.clientTime, .kind, .buttons, .width, .height, .page]
        (older.clientTime, older.buttons) = (3, 4)
        (older.width, older.height, older.page) = (800, 600.5, 7)
        var newer = PointerSample(x: 5, y: 6)
        newer.fields = [.width]
        newer.width = 900
        newer.takeSurroundings(from: older)
        #expect(newer.fields == [.width, .height, .page])
        #expect((newer.width, newer.height, newer.page) == (900, 600.5, 7))
        #expect((newer.x, newer.y, newer.clientTime, newer.buttons) == (5, 6, 0, 0))
        #expect(newer.kind == .move)
    }
}
