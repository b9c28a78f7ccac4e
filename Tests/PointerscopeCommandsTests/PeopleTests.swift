import Testing

@testable import PointerscopeCommands

struct PeopleTests {
    @Test(arguments: [
        ("1h", 3_600), ("12h", 43_200), ("1d", 86_400), ("90d", 7_776_000), ("52w", 31_449_600),
        ("36500d", 3_153_600_000), ("876000h", 3_153_600_000),
    ])
    func lifetimesAreRead(text: String, seconds: Int64) {
        #expect(PeopleWords.seconds(text) == seconds && PeopleWords.lifetimeComplaint(text) == nil)
    }

    @Test(arguments: [
        "", "d", "0d", "-1d", "+1d", "1", "1 d", "1.5d", "36501d", "5215w", "9999999d", "1m", "1D", "١d",
    ])
    func lifetimesThatAreNone(text: String) {
        #expect(PeopleWords.seconds(text) == nil && PeopleWords.lifetimeComplaint(text) != nil)
    }

    @Test func tablesAreAligned() {
        var table = PeopleTable(["name", "seen", "scope"])
        table.rows = [
            [.text("anna"), .time(1_767_323_045), .optional("page:/a\"/*", orElse: "all")],
            [.text("b"), .time(nil), .optional(nil, orElse: "all")],
        ]
        #expect(
            table.text == """
                NAME  SEEN              SCOPE
                anna  2026-01-02 03:04  page:/a"/*
                b     never             all

                """)
        #expect(
            table.json == """
                [
                  {"name":"anna","seen":"2026-01-02T03:04:05.000Z","scope":"page:/a\\"/*"},
                  {"name":"b","seen":null,"scope":null}
                ]

                """)
        #expect(PeopleTable(["name"]).json == "[]\n" && PeopleTable(["name"]).text == "NAME\n")
    }
}
