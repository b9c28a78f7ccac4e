import Testing

struct PurityCheckTests {
    private let rooms = ["Hub", "Codec", "Screen/Views"]

    private func complaints(_ text: String, path: String = "Sources/Hub/a.swift") -> [String] {
        PurityCheck.check(SourceFile(path: path, text: text), among: rooms).map(\.what)
    }

    @Test func whatIsAllowed() {
        #expect(
            complaints(
                """
                public import Codec
                import func Glibc.memchr
                public import struct Glibc.iovec
                import Synchronization
                // print("a comment"), import Glibc
                let words = "print(CommandLine.arguments)"
                func dump(_ log: [Int], printer: Int) -> Int { log.print + printer }
                let pick = Int.random(in: 0..<9, using: &generator)
                let random = 5
                """) == [])
    }

    @Test(arguments: [
        ("import Glibc", "is pure and imports all of Glibc"),
        ("@preconcurrency import Glibc", "is pure and imports all of Glibc"),
        ("import func Glibc.getenv", "is pure and imports Glibc.getenv"),
        ("#if os(Linux)\nimport func Glibc.malloc_trim\n#endif", "is pure and imports Glibc.malloc_trim"),
        ("public import PosixIO", "is pure and imports all of PosixIO"),
        ("import func COpenSSL.RAND_bytes", "is pure and imports COpenSSL.RAND_bytes"),
        ("func f() { print(1) }", "is pure and uses print"),
        ("let name = CommandLine.arguments[0]", "is pure and uses CommandLine"),
        ("@_silgen_name(\"read\") func myRead() -> Int", "is pure and uses _silgen_name"),
        ("let seed: UInt64 = .random(in: .min ... .max)", "is pure and asks for chance"),
        ("let order = items.shuffled()", "is pure and asks for chance"),
    ])
    func whatReachesOutside(text: String, complaint: String) {
        #expect(complaints(text) == [complaint])
        #expect(complaints(text, path: "Sources/Screen/Views/a.swift") == [complaint])
        #expect(complaints(text, path: "Sources/Screen/a.swift") == [])
        #expect(complaints(text, path: "Sources/HubOwner/a.swift") == [])
    }

    @Test func aPureRoomOverOneThatIsNot() {
        let table = ModuleTable(rows: [
            .init(target: "PosixIO", imports: []), .init(target: "Codec", imports: ["COpenSSL"]),
            .init(target: "Hub", imports: ["Codec", "PosixIO"]), .init(target: "Owner", imports: ["PosixIO"]),
        ])
        #expect(
            PurityCheck.arrows(in: table, rooms: rooms).map(\.description) == [
                "Hub: is pure and may import PosixIO"
            ])
    }

    @Test func aRoomThatIsNotThere() {
        let files = [
            SourceFile(path: "Sources/Hub/a.swift", text: ""),
            SourceFile(path: "Sources/Codec/b.swift", text: ""),
        ]
        #expect(
            PurityCheck.strays(rooms, files: files).map(\.what) == [
                "calls Screen/Views pure, which is not there"
            ])
    }

    @Test func readsTheRooms() {
        let text = """
            A target is a layer.

            Pure are `Hub`, `Codec` and of the screen
            `Screen/Views`: they do nothing.

            | `A` | `b` | - |
            """
        #expect(ModuleTable.pureRooms(ofDocument: text) == ["Hub", "Codec", "Screen/Views"])
    }
}
