import Testing

@testable import TerminalGraph

/// Whole pictures, looked at once and held since.
@Suite struct GoldenTests {
    init() { #expect(TestLocale.isUTF8) }

    private func check(_ scene: Scene, _ expected: String) {
        scene.draw()
        #expect(CellCanvasTests.isWhole(scene.canvas))
        #expect(scene.picture == expected)
    }

    @Test func fortyByTen() {
        check(
            Scene.seeded(columns: 40, rows: 10),
            """
            pointerscope  ● live  3 visitors  11.4/s
               50┤      ⢀ ⡀⢠ ⡆⢸    ⡀⢠ ⡄⢰ ⡇   ⢀ ⡄⢰ ⡆
                 │   ⢰ ⡇⢸ ⡇⢸ ⡇⢸⡀⡆⢸ ⡇⢸ ⡇⢸ ⡇⢸ ⡇⢸ ⡇⢸ ⡇⡀
                 │   ⢸⣀⣇⣸⣤⣧⣾⣶⣿⣿⡇⣇⣸⣀⣧⣼⣶⣷⣿⣿⡇⣸⣀⣇⣼⣤⣷⣾⣿⣿⣷
            1/2 workers  3 conns  3 restarts
            visitor           x,y     60 s      rate
            user123         812,433   ▁▂▃▁▃▁▂▃  17.0
            山田太郎       1021,-7    ▄▄▄▄▄▄▄▄   6.0
            quiet             -                    0
            q quit     http 127.0.0.1:2112  1–3 of 3
            """)
    }

    @Test func fortyByTenInASCII() {
        check(
            Scene.seeded(columns: 40, rows: 10, glyphs: .ascii),
            """
            pointerscope  * live  3 visitors  11.4/s
               50+.  .  :  :  #        .  .  :  :
                 |#  #  #  #  #  #  #  #  #  #  #
                 |#.:#::####### .#..#..#::#::######:
            1/2 workers  3 conns  3 restarts
            visitor           x,y     60 s      rate
            user123         812,433   .:-:-.:-  17.0
            ????           1021,-7    ========   6.0
            quiet             -                    0
            q quit     http 127.0.0.1:2112  1-3 of 3
            """)
    }

    @Test func eightyByTwentyFour() {
        check(
            Scene.seeded(columns: 80, rows: 24),
            """
             pointerscope  ● live  3 visitors  11.4/s  2 viewers    received 1,170  up 1:01
            ╭─ samples per second ───────────────────────────────────── now 11.4  peak 49 ─╮
            │   50┤                                               ⢀ ⡄⢰     ⢀ ⡄⢰ ⡇     ⡀⢠ ⡆ │
            │     │                                         ⢠ ⡆⢸ ⡇⢸ ⡇⢸ ⡄⢰ ⡇⢸ ⡇⢸ ⡇⢠ ⡆⢸ ⡇⢸ ⡇ │
            │   25┤                                         ⢸ ⡇⢸ ⡇⢸ ⣇⣸⡄⡇⢸ ⡇⢸ ⡇⣸⣠⡇⢸ ⡇⢸ ⡇⢸⣀⣧⡄│
            │     │                                         ⢸⣀⣇⣼⣴⣷⣿⣿⣿⣿⡇⣇⣸⣤⣷⣾⣿⣿⣿⣿⡇⣸⣀⣧⣼⣶⣿⣿⣿⣿⣿│
            ╰──────────────── 2m ─────────── 1m30 ───────── 1m ─────────── 30s ─────────now╯
            ╭─ workers ─────────────────────────────────────────────────── 1 of 2 running ─╮
            │    pid   state       conns    rate   memory   restarts                       │
            │   4242   running         2    14.6     2.7M          0                       │
            │   4243   starting        1       0     1.0M          3                       │
            ╰──────────────────────────────────────────────────────────────────────────────╯
            ╭─ visitors ──────────────────────────────────────────────────────── 1–3 of 3 ─╮
            │ visitor          page                x,y     last 60 s             rate seen │
            │ user123          /pricing          812,433   ▁▁▁▂▂▂▃▁▁▁▂▂▃▁▁▁▁▂▂▃  17.0   1s │
            │ 山田太郎         /結              1021,-7    ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄    6.0   3s │
            │ quiet                                -                                0   1m │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            ╰──────────────────────────────────────────────────────────────────────────────╯
             q quit  ^L redraw                   ingest 127.0.0.1:8081  http 127.0.0.1:2112
            """)
    }
}
