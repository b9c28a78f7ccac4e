import Glibc
import PosixIO
import Testing

@Suite struct ProcessMemoryTests {
    private static let size = 32 << 20

    /// Writes to each page of that much memory while `body` looks.
    private func holding(_ flags: Int32, _ body: () -> Void) throws {
        let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0)
        let known = try #require(memory != MAP_FAILED ? memory : nil)
        memset(known, 1, Self.size)
        body()
        munmap(known, Self.size)
    }

    @Test func whatIsSharedIsNobodysOwn() throws {
        let own = { Int(ProcessMemory.anonymousBytes(of: ProcessMemory.ownPid)) }
        let before = own()
        #expect(before > 0 && before < Int(ProcessMemory.residentBytes(of: ProcessMemory.ownPid)) + 1 << 30)
        // Other tests run beside this one.
        try holding(MAP_PRIVATE) { #expect(own() - before > Self.size / 2) }
        let between = own()
        try holding(MAP_SHARED) { #expect(own() - between < Self.size / 2) }
    }

    @Test func whoIsGoneHasNone() {
        #expect(ProcessMemory.anonymousBytes(of: .max) == 0)
    }
}
