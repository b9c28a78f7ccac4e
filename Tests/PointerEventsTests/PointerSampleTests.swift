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
}
