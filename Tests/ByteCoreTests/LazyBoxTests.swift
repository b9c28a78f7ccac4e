import ByteCore
import Testing

/// A value that is seldom there.
@Suite struct LazyBoxTests {
    final class Told {
        var gone = 0
    }

    struct Teller: ~Copyable {
        let told: Told
        var number = 0

        deinit { told.gone += 1 }
    }

    @Test func isAPointerWhileNothingIsThere() {
        #expect(MemoryLayout<LazyBox<Teller>>.size == 8)
        let box = LazyBox<Teller>()
        #expect(box.isEmpty == true)
        #expect(box.contents == nil)
    }

    @Test func holdsWhatWasPutInUntilItGoes() {
        let told = Told()
        var box = LazyBox<Teller>()
        box.fill(Teller(told: told)).pointee.number = 7
        #expect(box.isEmpty == false)
        #expect(box.contents?.pointee.number == 7)
        #expect(told.gone == 0)
        box.clear()
        #expect(box.isEmpty == true)
        #expect(told.gone == 1)
        box.clear()
        #expect(told.gone == 1)
    }

    @Test func goesWithItsOwner() {
        let told = Told()
        do {
            var box = LazyBox<Teller>()
            _ = box.fill(Teller(told: told))
        }
        #expect(told.gone == 1)
    }
}
